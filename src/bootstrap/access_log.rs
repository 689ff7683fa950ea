//! Access logs of Envoy's admin server, from the `AccessLogs` block of proxy-defaults.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::Error;
use super::json::{Json, object};

/// The `AccessLogs` block of a proxy-defaults entry (Consul from 1.15); all fields optional.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AccessLogs {
    /// Nothing is logged unless this is set.
    pub enabled: bool,
    /// `stdout` (also when empty), `stderr` or `file`.
    #[serde(rename = "Type")]
    pub kind: String,
    /// Path for the type `file`.
    pub path: String,
    /// Log line as a JSON object with Envoy's command operators.
    #[serde(rename = "JSONFormat")]
    pub json_format: String,
    /// Log line as text with Envoy's command operators.
    pub text_format: String,
}

/// Consul's log line where the entry has no format of its own.
const DEFAULT_FORMAT: &[(&str, &str)] = &[
    ("authority", "%REQ(:AUTHORITY)%"),
    ("bytes_received", "%BYTES_RECEIVED%"),
    ("bytes_sent", "%BYTES_SENT%"),
    ("connection_termination_details", "%CONNECTION_TERMINATION_DETAILS%"),
    ("downstream_local_address", "%DOWNSTREAM_LOCAL_ADDRESS%"),
    ("downstream_remote_address", "%DOWNSTREAM_REMOTE_ADDRESS%"),
    ("duration", "%DURATION%"),
    ("method", "%REQ(:METHOD)%"),
    ("path", "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%"),
    ("protocol", "%PROTOCOL%"),
    ("request_id", "%REQ(X-REQUEST-ID)%"),
    ("requested_server_name", "%REQUESTED_SERVER_NAME%"),
    ("response_code", "%RESPONSE_CODE%"),
    ("response_code_details", "%RESPONSE_CODE_DETAILS%"),
    ("response_flags", "%RESPONSE_FLAGS%"),
    ("route_name", "%ROUTE_NAME%"),
    ("start_time", "%START_TIME%"),
    ("upstream_cluster", "%UPSTREAM_CLUSTER%"),
    ("upstream_host", "%UPSTREAM_HOST%"),
    ("upstream_local_address", "%UPSTREAM_LOCAL_ADDRESS%"),
    ("upstream_service_time", "%RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)%"),
    ("upstream_transport_failure_reason", "%UPSTREAM_TRANSPORT_FAILURE_REASON%"),
    ("user_agent", "%REQ(USER-AGENT)%"),
    ("x_forwarded_for", "%REQ(X-FORWARDED-FOR)%"),
];

/// The admin server's access logs: at most one, none where logging is not enabled.
pub(super) fn admin_logs(logs: &AccessLogs) -> Result<Vec<Json>, Error> {
    if !logs.enabled {
        return Ok(Vec::new());
    }
    let format = if !logs.json_format.is_empty() {
        object! { "jsonFormat": json_format(&logs.json_format)? }
    } else if logs.text_format.is_empty() {
        let members = DEFAULT_FORMAT.iter().map(|(name, operator)| (*name, Json::from(*operator)));
        object! { "jsonFormat": Json::Object(members.collect()) }
    } else {
        // Consul ends each line itself, since a text format has no line end of its own.
        object! { "textFormatSource": object! { "inlineString": format!("{}\n", logs.text_format) } }
    };
    let (message, path) = match logs.kind.as_str() {
        "" | "stdout" => {
            ("type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog", None)
        }
        "stderr" => ("type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StderrAccessLog", None),
        "file" => {
            ("type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog", Some(&logs.path))
        }
        other => return Err(Error::AccessLogType(other.to_owned())),
    };
    let mut typed = vec![("@type", Json::from(message))];
    typed.extend(path.map(|path| ("path", Json::from(path))));
    typed.push(("logFormat", format));
    Ok(vec![object! { "name": "Consul Listener Filter Log", "typedConfig": Json::Object(typed) }])
}

fn json_format(text: &str) -> Result<Json, Error> {
    // Through a value, not as written: the format is a protobuf map, whose keys have no order and no duplicates.
    let format: Map<String, Value> = serde_json::from_str(text).map_err(Error::AccessLogFormat)?;
    serde_json::to_string(&format)
        .and_then(RawValue::from_string)
        .map(Json::Raw)
        .map_err(Error::AccessLogFormat)
}
