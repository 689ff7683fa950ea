//! Text that must not show in logs, errors or debug output: tokens and private keys.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A token or a private key; its `Debug` is `(redacted)` and it has no `Display`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Takes `text` as a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one place that must send or write it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("(redacted)")
    }
}

/// An address as it may be shown: what stands before its last `@` may be a user and a password.
pub fn without_credentials(address: &str) -> Cow<'_, str> {
    let Some((before, rest)) = address.rsplit_once('@').filter(|_| !address.starts_with("unix://")) else {
        return address.into();
    };
    let is_scheme =
        |text: &&str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    match before.split_once("://").map(|(scheme, _)| scheme).filter(is_scheme) {
        Some(scheme) => format!("{scheme}://(redacted)@{rest}").into(),
        None => format!("(redacted)@{rest}").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Secret, without_credentials};

    #[test]
    fn an_address_is_shown_without_its_user_and_password() {
        for (address, shown) in [
            ("http://user:PW@host:8500", "http://(redacted)@host:8500"),
            ("user:PW@host", "(redacted)@host"),
            ("http://user:P@W/P://W@host/x", "http://(redacted)@host/x"),
            ("user:P://W@host", "(redacted)@host"),
            ("http://host:8500/x", "http://host:8500/x"),
            ("unix:///run/a@b.sock", "unix:///run/a@b.sock"),
        ] {
            assert_eq!(without_credentials(address), shown);
        }
    }

    #[test]
    fn debug_output_hides_the_text() {
        assert_eq!(format!("{:?}", Secret::new("s3cret")), "(redacted)");
    }
}
