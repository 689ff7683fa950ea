# Requests are judged and counted one by one.
Kind     = "service-defaults"
Name     = "billing"
Protocol = "http"
