//! Reports to the service manager: that the gateway is ready, what does not work, and that this process is not stuck.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::monitor::Status;
use crate::system::service_manager::ServiceManager;

/// How often the state is looked at, at most.
const PERIOD: Duration = Duration::from_secs(1);
/// The same before the gateway is ready.
const STARTING: Duration = Duration::from_millis(100);

/// Reports until the process ends. It shares the thread of everything else: if that is stuck, the reports stop.
pub fn begin(manager: &Arc<ServiceManager>, status: &Status) {
    if manager.listens() {
        tokio::spawn(report(Arc::clone(manager), status.clone()));
    }
}

async fn report(manager: Arc<ServiceManager>, status: Status) {
    let (mut last, mut is_ready) = (String::new(), false);
    loop {
        let readiness = status.readiness();
        let text = line(&readiness);
        let mut lines = Vec::new();
        if readiness.is_ok() && !is_ready {
            is_ready = true;
            lines.push("READY=1".to_owned());
        }
        if text != last {
            lines.push(format!("STATUS={text}"));
            last = text;
        }
        if manager.patience.is_some() {
            lines.push("WATCHDOG=1".to_owned());
        }
        if !lines.is_empty() {
            manager.send(&lines.join("\n"));
        }
        let period = if is_ready { PERIOD } else { STARTING };
        sleep(manager.patience.map_or(period, |patience| period.min(patience / 2))).await;
    }
}

/// The state on one line.
fn line(readiness: &Result<Vec<String>, String>) -> String {
    let text = match readiness {
        Ok(remarks) => match &remarks[..] {
            [] => "ready".to_owned(),
            [one] => format!("ready, but {one}"),
            [first, others @ ..] => format!("ready, but {first} (and {} more)", others.len()),
        },
        Err(reason) => reason.clone(),
    };
    text.split(['\n', '\r']).next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn the_state_is_one_line() {
        let ready = |remarks: &[&str]| line(&Ok(remarks.iter().map(ToString::to_string).collect()));
        assert_eq!(ready(&[]), "ready");
        assert_eq!(ready(&["a is closed\nSTOPPING=1"]), "ready, but a is closed");
        assert_eq!(ready(&["a", "b", "c"]), "ready, but a (and 2 more)");
        assert_eq!(line(&Err("no leader".to_owned())), "no leader");
    }
}
