"""To which category of the shipped pack a situation may belong, by the words of its title and wording.

The list is the pack's own, in the order in which the words are weighed. It suggests; a person chooses.
"""

from __future__ import annotations

import re
from typing import Final

CUES: Final[dict[str, str]] = {
    "complaint": "投诉|举报|维权|差评",
    "risk": "诈骗|骗子|自杀|轻生|未成年|泄露|隐私",
    "supplier": "供应商|供货|入驻|投放|广告|代理|经销|加盟|合作",
    "followup": "回访|跟进|致电反映|满意度|回电|处理结果|曾经在.{0,8}日|未能按时|延期|知会|反映的(?:问题|情况).{0,12}(?:结果|进展)",
    "email": "邮件|E-?mail|落款|邮箱",
    "transfer": "转接|转到|转给|分机|接电话.{0,6}(?:部门|同事)",
    "scope": "业务范围|受理范围|服务范围|服务范畴|不属于|打错|拨错|骚扰|恶意|辱骂|闲聊|找人|找部门|找领导|找同事|找谁|来电找|要找的|私人(?:电话|微信)|领导的电话",
    "closing": "结束|再见|再会|道别|告别|辞别|挂断前|通话完毕|还有什么|还有(?:其他|别的)|需要(?:补充|协助)|尚有什么|生活愉快|欢迎(?:您)?(?:再次|下次)",
    "emotion": "着急|责备|生气|愤怒|激动|发火|恶劣|批评|表扬|建议|意见|宝贵|不满|不太满意|失误|疏忽|过错|误会|误解|添麻烦|添了麻烦|带来了?麻烦|态度不好|应该做的|应当做的|谅解",
    "clarify": "模糊|听不清|听不到|没听清|没有听清|没听懂|表达不清|再说一遍|重复|贵姓|怎么称呼|意思是|是不是说|补充(?:如下)?资料|资料不齐|核实身份|核对资料|声音|说明一下|请教",
    "unknown": "无法回答|答不上|不能(?:立即|当即|及时|马上)|无法(?:立即|当即|及时|马上)|需要咨询|不清楚|不太清楚|核实一下|稍后.{0,6}(?:回复|答复)|尽快(?:答复|回复|处理)|再.{0,4}答复|短时间|上报",
    "wait": "稍等|稍候|等待|等候|久等|忙线|很忙|忙的时候|有点忙|繁忙|不在线|自动回复|排队|不在(?:位置|座位)|掉线|查询信息",
    "opening": "问候|开场|开头|欢迎语|接听|接起|接通|首先|打出电话|向外打电话|您好.{0,20}(?:为您服务|有什么可以|为您做|能为您)|高兴为您服务|为您做些什么|节日|节假日|周末",
    "refund": "退款|到账|退钱",
    "return": "退货|换货|退换|七天无理由|7天无理由",
    "warranty": "保修|维修|质保|报修",
    "quality": "质量|破损|瑕疵|假货|正品|漏发|少件|坏了",
    "ship": "物流|快递|发货|配送|运费|包裹|签收|到货",
    "invoice": "发票|开票|抬头",
    "price": "优惠|折扣|活动|满减|优惠券|差价|保价|降价",
    "pay": "支付|付款|扣款|分期|货到付款",
    "order": "订单|下单|改地址|取消订单|库存|缺货|拍错",
    "account": "登录|密码|注册|账号|账户|安全|实名|验证码|身份认证",
    "member": "会员|积分|等级",
    "sales": "推荐|讲价|还价|犹豫|搭配|便宜|考虑一下|太贵|销售|价格",
    "site": "网站|界面|操作|APP|小程序|页面|系统",
    "contact": "人工|联系方式|工作时间|客服电话",
    "job": "招聘|应聘",
    "product": "产品|商品|型号|功能|使用方法|说明书|尺寸",
}
PATTERNS: Final = {category: re.compile(cues, re.IGNORECASE) for category, cues in CUES.items()}
TITLE_WEIGHT = 3


def category_of(title: str, wording: str) -> str | None:
    """The category whose words stand in the text most, the title's counting three times; None where none does."""
    scores = {
        category: TITLE_WEIGHT * len(set(pattern.findall(title))) + len(set(pattern.findall(wording)))
        for category, pattern in PATTERNS.items()
    }
    best = max(scores, key=lambda category: scores[category])
    return best if scores[best] else None
