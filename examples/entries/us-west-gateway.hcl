# The services outside the mesh that this gateway leads to.
Kind = "terminating-gateway"
Name = "us-west-gateway"
Services = [
  {
    Name = "billing"
  },
]
