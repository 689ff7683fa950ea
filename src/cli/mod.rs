//! Grammar only: command lines become settings.

pub mod dropin;
