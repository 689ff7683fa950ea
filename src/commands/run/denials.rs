//! Clients that Envoy refuses in the TLS handshake: no filter sees them, so that nothing else tells of them.

use std::convert::Infallible;
use std::time::Duration;

use tokio::time::sleep;

use crate::envoy::admin::{Admin, RefusedHandshakes};
use crate::output::{Level, Printer};

/// How often Envoy is asked.
const PERIOD: Duration = Duration::from_secs(60);

/// Logs once a minute how many were refused since the last time, if any were.
pub async fn tell(admin: &Admin, printer: Printer) -> Infallible {
    let mut before = RefusedHandshakes::default();
    loop {
        sleep(PERIOD).await;
        // An Envoy that does not answer is another's to tell of.
        let Ok(now) = admin.refused_handshakes().await else { continue };
        // Lower than before: it is another Envoy.
        let since = |now: u64, before: u64| now.checked_sub(before).unwrap_or(now);
        let (identity, certificate) =
            (since(now.identity, before.identity), since(now.no_certificate, before.no_certificate));
        if identity + certificate > 0 {
            printer.event(
                Level::Info,
                format_args!(
                    "refused in the TLS handshake since the last such line: {identity} clients by intentions, {certificate} without a certificate"
                ),
                [("identity", identity.into()), ("no_certificate", certificate.into())],
            );
        }
        before = now;
    }
}
