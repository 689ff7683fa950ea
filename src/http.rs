//! What all HTTP clients of this process share.

use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};

/// A client builder with the process's TLS implementation in place, no proxy from the environment, and no redirects:
/// a request goes nowhere but where it was sent.
pub fn client_builder() -> ClientBuilder {
    // It is set once a process; a second call changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().redirect(Policy::none())
}
