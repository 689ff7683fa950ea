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

    /// The service.
    pub fn service(&self) -> &'a str {
        self.service
    }

    /// Adds one; the same twice is reported once.
    pub fn push(&mut self, code: Code, message: impl Into<String>, help: impl Into<String>) {
        self.add(Finding::of_service(self.service, code, message.into(), help));
    }

    /// The same with one that is ready.
    pub fn add(&mut self, finding: Finding) {
        if !self.list.contains(&finding) {
            self.list.push(finding);
        }
    }
}
