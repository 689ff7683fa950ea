//! What is found about one service while it is rendered.

use crate::finding::{Code, Finding};

/// Collects the findings about one service.
#[derive(Debug)]
pub struct Collector<'a> {
    service: &'a str,
    list: &'a mut Vec<Finding>,
}

impl<'a> Collector<'a> {
    /// Findings about `service`, added to `list`.
    pub fn new(service: &'a str, list: &'a mut Vec<Finding>) -> Self {
        Self { service, list }
    }

    /// Adds one; the same twice is reported once.
    pub fn push(&mut self, code: Code, message: impl Into<String>, help: impl Into<String>) {
        let finding = Finding::of_service(self.service, code, message.into(), help);
        if !self.list.contains(&finding) {
            self.list.push(finding);
        }
    }
}
