//! What all HTTP clients of this process share.

use reqwest::{Client, ClientBuilder};

/// A client builder with the process's TLS implementation in place and no proxy from the environment.
pub fn client_builder() -> ClientBuilder {
    // It is set once a process; a second call changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy()
}
