"""One step a module: blocks in, blocks and the list of what was changed out; none knows another's."""
