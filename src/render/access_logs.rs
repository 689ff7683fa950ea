//! Access logs as the gateway's registration and `proxy-defaults` ask for them (Consul 1.15+).

use serde::Deserialize;
use serde_json::{Map, Value};

use super::log_format;
use crate::envoy_api::{AccessLog, AccessLogConfig, AccessLogFilter, DataSource, LogFormat};
use crate::finding::{Code, Finding};
use crate::proxy_config::fill;
use crate::snapshot::Snapshot;

/// The logs of listeners and of their filters.
#[derive(Debug, Clone, Default)]
pub struct AccessLogs {
    /// On a listener: connections that found no chain.
    pub listener: Vec<AccessLog>,
    /// On `tcp_proxy` and `http_connection_manager`.
    pub filter: Vec<AccessLog>,
}

/// `AccessLogs` of a registration or of `proxy-defaults`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct AccessLogsEntry {
    enabled: bool,
    disable_listener_logs: bool,
    r#type: String,
    path: String,
    #[serde(rename = "JSONFormat")]
    json_format: String,
    text_format: String,
}

/// What a line holds unless a format is given: all that Consul's documentation lists.
const DEFAULT_JSON_FORMAT: [(&str, &str); 24] = [
    ("start_time", "%START_TIME%"),
    ("route_name", "%ROUTE_NAME%"),
    ("method", "%REQ(:METHOD)%"),
    ("path", "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%"),
    ("protocol", "%PROTOCOL%"),
    ("response_code", "%RESPONSE_CODE%"),
    ("response_flags", "%RESPONSE_FLAGS%"),
    ("response_code_details", "%RESPONSE_CODE_DETAILS%"),
    ("connection_termination_details", "%CONNECTION_TERMINATION_DETAILS%"),
    ("bytes_received", "%BYTES_RECEIVED%"),
    ("bytes_sent", "%BYTES_SENT%"),
    ("duration", "%DURATION%"),
    ("upstream_service_time", "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%"),
    ("x_forwarded_for", "%REQ(X-FORWARDED-FOR)%"),
    ("user_agent", "%REQ(USER-AGENT)%"),
    ("request_id", "%REQ(X-REQUEST-ID)%"),
    ("authority", "%REQ(:AUTHORITY)%"),
    ("upstream_host", "%UPSTREAM_HOST%"),
    ("upstream_cluster", "%UPSTREAM_CLUSTER%"),
    ("upstream_local_address", "%UPSTREAM_LOCAL_ADDRESS%"),
    ("downstream_local_address", "%DOWNSTREAM_LOCAL_ADDRESS%"),
    ("downstream_remote_address", "%DOWNSTREAM_REMOTE_ADDRESS%"),
    ("requested_server_name", "%REQUESTED_SERVER_NAME%"),
    ("upstream_transport_failure_reason", "%UPSTREAM_TRANSPORT_FAILURE_REASON%"),
];

impl AccessLogs {
    /// The logs of `snapshot`'s gateway; settings without meaning turn them off, with a finding.
    pub fn of(snapshot: &Snapshot, findings: &mut Vec<Finding>) -> Self {
        let mut settings = snapshot.gateway.proxy.access_logs.clone();
        if let Some(Value::Object(shared)) =
            snapshot.proxy_defaults.as_ref().map(|entry| &entry["AccessLogs"])
        {
            fill(&mut settings, shared);
        }
        let read = AccessLogsEntry::deserialize(&settings).map_err(|error| error.to_string());
        match read.and_then(|entry| Self::from_entry(&entry)) {
            Ok(logs) => logs,
            Err(reason) => {
                findings.push(Finding::of_whole(
                    Code::BadEntrySetting,
                    format!("`AccessLogs`: {reason}; nothing is logged"),
                    "correct the `proxy-defaults` entry with `termgate config write`",
                ));
                Self::default()
            }
        }
    }

    fn from_entry(entry: &AccessLogsEntry) -> Result<Self, String> {
        if !entry.enabled {
            return Ok(Self::default());
        }
        let config = logger(entry, format_of(entry)?)?;
        let log = |name, filter| AccessLog { name, filter, typed_config: config.clone() };
        let no_route = AccessLogFilter::ResponseFlagFilter { flags: vec!["NR"] };
        let listener = log("Consul Listener Log", Some(no_route));
        Ok(Self {
            listener: if entry.disable_listener_logs { Vec::new() } else { vec![listener] },
            filter: vec![log("Consul Listener Filter Log", None)],
        })
    }
}

fn logger(entry: &AccessLogsEntry, log_format: LogFormat) -> Result<AccessLogConfig, String> {
    match entry.r#type.as_str() {
        "" | "stdout" => Ok(AccessLogConfig::Stdout { log_format }),
        "stderr" => Ok(AccessLogConfig::Stderr { log_format }),
        "file" if entry.path.is_empty() => Err("type `file` needs a Path".to_owned()),
        "file" => Ok(AccessLogConfig::File { path: entry.path.clone(), log_format }),
        other => Err(format!("type `{other}` is not stdout, stderr or file")),
    }
}

fn format_of(entry: &AccessLogsEntry) -> Result<LogFormat, String> {
    if !entry.json_format.is_empty() {
        let fields: Map<String, Value> = serde_json::from_str(&entry.json_format)
            .map_err(|error| format!("JSONFormat is not a JSON object ({error})"))?;
        for value in fields.values() {
            log_format::check_json(value).map_err(|reason| format!("JSONFormat: {reason}"))?;
        }
        return Ok(LogFormat::JsonFormat(fields));
    }
    if !entry.text_format.is_empty() {
        log_format::check(&entry.text_format).map_err(|reason| format!("TextFormat: {reason}"))?;
        // Consul ends a text line; JSON lines are ended by Envoy.
        let end = if entry.text_format.ends_with('\n') { "" } else { "\n" };
        let line = format!("{}{end}", entry.text_format);
        return Ok(LogFormat::TextFormatSource(DataSource::InlineString(line)));
    }
    let fields = DEFAULT_JSON_FORMAT.iter().map(|(key, value)| ((*key).to_owned(), Value::from(*value)));
    Ok(LogFormat::JsonFormat(fields.collect::<Map<_, _>>()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::AccessLogs;
    use crate::snapshot::Snapshot;

    fn logs(settings: &serde_json::Value) -> (serde_json::Value, usize, usize) {
        let snapshot =
            Snapshot { proxy_defaults: Some(json!({"AccessLogs": settings})), ..Snapshot::default() };
        let mut findings = Vec::new();
        let logs = AccessLogs::of(&snapshot, &mut findings);
        (json!(logs.filter), logs.listener.len(), findings.len())
    }

    #[test]
    fn logs_are_off_unless_enabled() {
        assert_eq!(logs(&json!({"Type": "file", "Path": "/a"})), (json!([]), 0, 0));
        assert_eq!(logs(&json!(null)), (json!([]), 0, 0));
    }

    #[test]
    fn the_default_is_json_on_stdout() {
        let (filter, listener, _) = logs(&json!({"Enabled": true, "DisableListenerLogs": true}));
        let config = &filter[0]["typed_config"];
        assert_eq!(
            config["@type"],
            "type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog"
        );
        assert_eq!(config["log_format"]["json_format"]["start_time"], "%START_TIME%");
        assert_eq!(listener, 0);
    }

    #[test]
    fn the_registration_comes_before_proxy_defaults() {
        let shared = json!({"AccessLogs": {"Enabled": true, "Type": "file", "Path": "/shared.log"}});
        let mut snapshot = Snapshot { proxy_defaults: Some(shared), ..Snapshot::default() };
        let own = json!({"Enabled": false, "Path": "/own.log"});
        snapshot.gateway.proxy.access_logs = own.as_object().unwrap().clone();
        let logs = AccessLogs::of(&snapshot, &mut Vec::new());
        assert_eq!(json!(logs.filter)[0]["typed_config"]["path"], "/own.log");
    }

    #[test]
    fn a_text_line_ends_once() {
        for format in ["%PROTOCOL%", "%PROTOCOL%\n"] {
            let (filter, ..) = logs(&json!({"Enabled": true, "Type": "stderr", "TextFormat": format}));
            let line = &filter[0]["typed_config"]["log_format"]["text_format_source"]["inline_string"];
            assert_eq!(line, "%PROTOCOL%\n");
        }
    }

    #[test]
    fn meaningless_settings_are_reported() {
        assert_eq!(logs(&json!({"Enabled": true, "Type": "syslog"})), (json!([]), 0, 1));
        assert_eq!(logs(&json!({"Enabled": true, "JSONFormat": "{x"})), (json!([]), 0, 1));
        assert_eq!(logs(&json!({"Enabled": true, "Type": "file"})), (json!([]), 0, 1));
        assert_eq!(logs(&json!({"Enabled": true, "TextFormat": "100%"})), (json!([]), 0, 1));
        assert_eq!(logs(&json!({"Enabled": true, "JSONFormat": r#"{"a": ["%FOO%"]}"#})), (json!([]), 0, 1));
    }
}
