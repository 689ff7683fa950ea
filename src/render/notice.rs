//! What a person should know about a rendered configuration.

use std::fmt;

use serde::Serialize;

pub use crate::finding::Code as NoticeCode;
use crate::finding::Finding;

/// One thing that was left out, refused or is likely not meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Notice {
    /// The linked service it is about; absent: the gateway as a whole.
    pub service: Option<String>,
    /// What kind of thing, for scripts.
    pub code: NoticeCode,
    /// What happened and why.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl Notice {
    /// A notice about the gateway as a whole.
    pub fn gateway(code: NoticeCode, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { service: None, code, message: message.into(), help: help.into() }
    }

    /// A notice about one linked service.
    pub fn service(
        service: &str,
        code: NoticeCode,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self { service: Some(service.to_owned()), code, message: message.into(), help: help.into() }
    }

    /// The same as a finding of the gateway `gateway`.
    pub fn finding(&self, gateway: &str) -> Finding {
        let subject = self.service.as_deref().unwrap_or(gateway);
        Finding::new(self.code, subject, self.to_string()).help(self.help.clone())
    }
}

/// Collects the notices about one service.
#[derive(Debug)]
pub struct Notices<'a> {
    service: &'a str,
    list: &'a mut Vec<Notice>,
}

impl<'a> Notices<'a> {
    /// Notices about `service`, added to `list`.
    pub fn new(service: &'a str, list: &'a mut Vec<Notice>) -> Self {
        Self { service, list }
    }

    /// Adds one; the same twice is said once.
    pub fn push(&mut self, code: NoticeCode, message: impl Into<String>, help: impl Into<String>) {
        let notice = Notice::service(self.service, code, message, help);
        if !self.list.contains(&notice) {
            self.list.push(notice);
        }
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.service {
            Some(service) => write!(formatter, "service `{service}`: {}", self.message),
            None => formatter.write_str(&self.message),
        }
    }
}
