//! What a running termgate says of its state: `/ready` and `/metrics`.

use std::net::SocketAddr;

use anyhow::{Context, Result, ensure};

use super::consul::call;
use super::http::Response;

/// A GET, whatever the status of the answer.
pub fn get(address: SocketAddr, path: &str) -> Result<Response> {
    call(address, None, "GET", path, None)
}

/// What `/ready` says; an error unless the gateway is ready.
pub fn ready(address: SocketAddr) -> Result<String> {
    let answer = get(address, "/ready")?;
    ensure!(answer.status == 200, "{} {}", answer.status, answer.text());
    Ok(answer.text())
}

/// The value of a metric as it is written, with its labels in `name`.
pub fn metric(address: SocketAddr, name: &str) -> Result<String> {
    let text = get(address, "/metrics")?.text();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.map(str::to_owned).with_context(|| format!("no {name} in:\n{text}"))
}

/// The value of a counter or gauge that is a whole number.
pub fn count(address: SocketAddr, name: &str) -> Result<u64> {
    Ok(metric(address, name)?.parse()?)
}
