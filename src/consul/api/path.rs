//! The path of a request, and what it says about the request.

use std::borrow::Cow;
use std::fmt;

use crate::go::url;

/// What a request is about. Only `consul::api` makes one, so that the compiler finds a path that is spelled elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    text: Cow<'static, str>,
    may_repeat: bool,
    grows: bool,
}

impl Path {
    /// A path as it is.
    pub(super) const fn fixed(text: &'static str) -> Self {
        Self { text: Cow::Borrowed(text), may_repeat: false, grows: false }
    }

    /// `area`, which ends with a slash, and a name.
    pub(super) fn named(area: &str, name: &str) -> Self {
        Self { text: Cow::Owned([area, &url::segment(name)].concat()), may_repeat: false, grows: false }
    }

    /// `area`, which ends with a slash, and a name whose slashes separate segments.
    pub(super) fn tree(area: &str, name: &str) -> Self {
        Self { text: Cow::Owned([area, &url::path(name)].concat()), may_repeat: false, grows: false }
    }

    /// What is below another path.
    pub(super) fn under(self, rest: &str) -> Self {
        Self { text: Cow::Owned([&*self.text, rest].concat()), ..self }
    }

    /// With a query parameter of its own.
    pub(super) fn query(mut self, key: &str, value: &str) -> Self {
        let separator = if self.text.contains('?') { "&" } else { "?" };
        self.text = Cow::Owned([&*self.text, separator, key, "=", &url::value(value)].concat());
        self
    }

    /// A write that may be carried out twice: the second time changes nothing.
    ///
    /// A check-and-set among them then answers as after a conflict; see `Answer::was_resent`.
    pub(super) fn repeatable(self) -> Self {
        Self { may_repeat: true, ..self }
    }

    /// The answer grows with the number of instances.
    pub(super) fn growing(self) -> Self {
        Self { grows: true, ..self }
    }

    /// The path, with its own query if it has one.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a write may be sent a second time.
    pub(in crate::consul) const fn may_repeat(&self) -> bool {
        self.may_repeat
    }

    /// Whether the answer may be a long list.
    pub(in crate::consul) const fn grows(&self) -> bool {
        self.grows
    }
}

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}
