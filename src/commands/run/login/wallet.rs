//! The tokens that are to be logged out at the end, whatever ends the gateway.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tracing::{info, warn};

use super::machine::TokenId;
use crate::consul::Consul;
use crate::secret::Secret;

/// How long a log-in that is under way is waited for at the end, and how long the log-outs may take.
const LAST_LOG_IN: Duration = Duration::from_secs(2);
const LAST_LOG_OUTS: Duration = Duration::from_secs(3);

/// Every token that termgate logged in for and has not logged out; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Wallet(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    held: Mutex<Held>,
    settled: Notify,
}

#[derive(Debug, Default)]
struct Held {
    tokens: BTreeMap<TokenId, Secret>,
    made: u32,
    running: usize,
}

/// A log-in under way, which may add a token.
#[derive(Debug)]
pub struct Running(Wallet);

impl Running {
    /// Where the token goes.
    pub fn wallet(&self) -> &Wallet {
        &self.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.held().running -= 1;
        self.0.0.settled.notify_waiters();
    }
}

impl Wallet {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A log-in begins.
    pub fn begin(&self) -> Running {
        self.held().running += 1;
        Running(self.clone())
    }

    /// Adds a token.
    pub fn add(&self, secret: &Secret) -> TokenId {
        let mut held = self.held();
        let token = TokenId(held.made);
        held.made += 1;
        held.tokens.insert(token, secret.clone());
        token
    }

    /// The token was logged out.
    pub fn remove(&self, token: TokenId) {
        self.held().tokens.remove(&token);
    }

    /// Logs everything out that is left. It takes a few seconds at most.
    pub async fn empty(&self, consul: &Consul) {
        let settled = async {
            loop {
                let settled = self.0.settled.notified();
                if self.held().running == 0 {
                    return;
                }
                settled.await;
            }
        };
        let _ = timeout(LAST_LOG_IN, settled).await;
        let tokens = std::mem::take(&mut self.held().tokens);
        if tokens.is_empty() {
            return;
        }
        let count = tokens.len();
        let mut log_outs = JoinSet::new();
        for secret in tokens.into_values() {
            let Ok(client) = consul.with_token(Some(secret)) else { continue };
            log_outs.spawn(async move { super::log_out(&client).await });
        }
        let mut done = 0;
        let all = async {
            while let Some(ended) = log_outs.join_next().await {
                match ended {
                    Ok(Ok(())) => done += 1,
                    Ok(Err(error)) => warn!("cannot log out: {}", error.failure),
                    Err(_) => {}
                }
            }
        };
        let is_over = timeout(LAST_LOG_OUTS, all).await.is_err();
        if done == count {
            info!("logged out");
        } else if is_over {
            warn!("cannot log out: timed out after {LAST_LOG_OUTS:?}; the token stays until it expires");
        }
    }
}
