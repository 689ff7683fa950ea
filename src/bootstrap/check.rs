//! What Envoy would refuse in a finished bootstrap.
