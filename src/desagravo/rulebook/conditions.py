"""The small grammar of conditions in rulebooks. Pure, without Django."""
