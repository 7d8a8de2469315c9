"""What people and the service do to the knowledge, and to who may sign in: the audit log's acts."""

from __future__ import annotations

from typing import Final

from service.pages.words.frame import UiLanguage

ZH: Final[dict[str, str]] = {
    "act_save": "保存",
    "act_submit": "提交审核",
    "act_approve": "批准",
    "act_send_back": "退回",
    "act_withdraw": "撤回",
    "act_comment": "留言",
    "act_retire": "停用",
    "act_import": "导入",
    "act_save_policy": "更新规则",
    "act_save_facts": "更新事实",
    "act_publish": "发布",
    "act_rollback": "回滚",
    "act_person.add": "添加人员",
    "act_person.roles": "更改角色",
    "act_person.password": "设置密码",
    "act_person.lock": "多次输错密码，暂时锁定",
    "act_person.disable": "停用账号",
    "act_person.enable": "恢复账号",
    "act_key.add": "新建密钥",
    "act_key.revoke": "作废密钥",
    "act_session.open": "登录",
    "act_session.end": "退出登录",
    "act_link.make": "新建登录链接",
    "act_link.use": "使用登录链接",
    "act_privacy.export": "导出会话数据",
    "act_privacy.erase": "删除会话数据",
    "conversation_hash": "会话 {hash}",
    "who_first start": "首次启动",
    "who_one-time link": "登录链接",
    "policy_version": "规则第 {n} 版",
    "facts_version": "事实第 {n} 版",
}

EN: Final[dict[str, str]] = {
    "act_save": "saved",
    "act_submit": "submitted",
    "act_approve": "approved",
    "act_send_back": "returned",
    "act_withdraw": "withdrew",
    "act_comment": "commented",
    "act_retire": "retired",
    "act_import": "imported",
    "act_save_policy": "changed the policy",
    "act_save_facts": "changed the facts",
    "act_publish": "published",
    "act_rollback": "rolled back",
    "act_person.add": "added a person",
    "act_person.roles": "changed roles",
    "act_person.password": "set a password",
    "act_person.lock": "locked after wrong passwords",
    "act_person.disable": "disabled an account",
    "act_person.enable": "enabled an account",
    "act_key.add": "made a key",
    "act_key.revoke": "revoked a key",
    "act_session.open": "signed in",
    "act_session.end": "signed out",
    "act_link.make": "made a sign-in link",
    "act_link.use": "used a sign-in link",
    "act_privacy.export": "exported a conversation",
    "act_privacy.erase": "erased a conversation",
    "conversation_hash": "conversation {hash}",
    "who_first start": "first start",
    "who_one-time link": "one-time link",
    "policy_version": "Policy version {n}",
    "facts_version": "Facts version {n}",
}

WORDS: Final[dict[UiLanguage, dict[str, str]]] = {"zh": ZH, "en": EN}
