//! What all HTTP clients of this process share.

use std::fmt::Write as _;

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};

/// A client builder with the process's TLS implementation in place, no proxy from the environment, and no redirects:
/// a request goes nowhere but where it was sent.
pub fn client_builder() -> ClientBuilder {
    // It is set once a process; a second call changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().redirect(Policy::none())
}

/// `text` with all bytes percent-encoded that are neither letters, digits nor `also_plain`.
pub fn percent_encoded(text: &str, also_plain: &[u8]) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || also_plain.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}
