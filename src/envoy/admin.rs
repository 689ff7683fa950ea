//! Envoy's admin API: ready or not, draining, open connections.

use std::time::Duration;

use reqwest::{Client, Method};

use crate::http;

/// A client of one Envoy's admin server.
#[derive(Debug, Clone)]
pub struct Admin {
    client: Client,
    base: String,
}

/// The admin server does not answer as it should.
#[derive(Debug, thiserror::Error)]
#[error("Envoy's admin server at {address}: {reason}")]
pub struct Error {
    /// Where it should be.
    pub address: String,
    /// What happened.
    pub reason: String,
}

impl Admin {
    /// A client for the admin server at `address` (an IP address without brackets) and `port`.
    pub fn new(address: &str, port: u16) -> Result<Self, Error> {
        // Bound to every address, it is reached on the loopback one.
        let host = match address {
            "0.0.0.0" => "127.0.0.1".to_owned(),
            "::" => "[::1]".to_owned(),
            address if address.contains(':') => format!("[{address}]"),
            address => address.to_owned(),
        };
        let base = format!("http://{host}:{port}");
        let client = http::client_builder()
            .tls_certs_only([])
            .timeout(Duration::from_secs(5))
            .build()
            .map_err(|error| Error { address: base.clone(), reason: error.to_string() })?;
        Ok(Self { client, base })
    }

    /// Whether Envoy is live: it has its first configuration and listens.
    pub async fn is_ready(&self) -> bool {
        self.request(Method::GET, "/ready").await.is_ok_and(|text| text.trim() == "LIVE")
    }

    /// Starts draining: connections end as their requests do, `/ready` fails, Envoy goes on until it is told to end.
    pub async fn drain(&self) -> Result<(), Error> {
        self.request(Method::POST, "/drain_listeners?graceful&skip_exit").await.map(drop)
    }

    /// How many connections from the mesh are open.
    pub async fn open_connections(&self) -> Result<u64, Error> {
        let text = self
            .request(Method::GET, "/stats?filter=^listener\\..*\\.downstream_cx_active$&format=text")
            .await?;
        Ok(connections(&text))
    }

    async fn request(&self, method: Method, path: &str) -> Result<String, Error> {
        let fail = |reason: String| Error { address: self.base.clone(), reason };
        let answer = self
            .client
            .request(method, format!("{}{path}", self.base))
            .send()
            .await
            .map_err(|error| fail(error.to_string()))?;
        let status = answer.status();
        let text = answer.text().await.map_err(|error| fail(error.to_string()))?;
        if status.is_success() {
            Ok(text)
        } else {
            Err(fail(format!("{path} answers {status}: {}", text.trim())))
        }
    }
}

/// Sum of `listener.<address>.downstream_cx_active`, without the admin listener and per-worker counts.
fn connections(stats: &str) -> u64 {
    stats
        .lines()
        .filter(|line| !line.starts_with("listener.admin.") && !line.contains(".worker_"))
        .filter_map(|line| line.rsplit_once(": ")?.1.trim().parse::<u64>().ok())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::connections;

    #[test]
    fn connections_are_counted_once_and_without_the_admin_server() {
        let stats = "listener.127.0.0.1_8443.downstream_cx_active: 3\n\
                     listener.127.0.0.1_8443.worker_0.downstream_cx_active: 3\n\
                     listener.admin.downstream_cx_active: 1\n";
        assert_eq!(connections(stats), 3);
    }
}
