//! Envoy's JSON to protobuf and to the form of Envoy's config dump, by the descriptors of Envoy's API.

use std::sync::OnceLock;

use prost::Message as _;
use prost_reflect::{DescriptorPool, DeserializeOptions, DynamicMessage, SerializeOptions};
use serde_json::Value;

/// The descriptors of every message that termgate emits or accepts in escape hatches; cut from those
/// of the crate `envoy-types` (`tests/it/descriptors.rs` holds them to it).
static DESCRIPTORS: &[u8] = include_bytes!("descriptors.bin");

/// JSON that is not the message it says it is.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The type is not among the descriptors.
    #[error("message type `{0}` is not one that termgate knows")]
    UnknownType(String),
    /// A field is unknown or of another type.
    #[error("{type_name}: {reason}")]
    Message {
        /// Full name of the message.
        type_name: String,
        /// What the decoder says, with the field.
        reason: String,
    },
}

fn descriptors() -> Result<&'static DescriptorPool, Error> {
    static POOL: OnceLock<Option<DescriptorPool>> = OnceLock::new();
    POOL.get_or_init(|| DescriptorPool::decode(DESCRIPTORS).ok())
        .as_ref()
        .ok_or_else(|| Error::UnknownType("(the built-in descriptors do not decode)".to_owned()))
}

/// Encodes `json` (an object, its own `@type` left out or equal) as the message `type_url` names.
pub fn message(type_url: &str, json: &Value) -> Result<Vec<u8>, Error> {
    Ok(read(type_url, json)?.encode_to_vec())
}

/// `json` as Envoy's config dump prints the message that `type_url` names: fields by their proto names, without those
/// that say the default.
pub fn canonical(type_url: &str, json: &Value) -> Result<Value, Error> {
    let options = SerializeOptions::new().use_proto_field_name(true);
    read(type_url, json)?.serialize_with_options(serde_json::value::Serializer, &options).map_err(|error| {
        Error::Message { type_name: type_name(type_url).to_owned(), reason: error.to_string() }
    })
}

fn type_name(type_url: &str) -> &str {
    type_url.rsplit('/').next().unwrap_or(type_url)
}

fn read(type_url: &str, json: &Value) -> Result<DynamicMessage, Error> {
    let type_name = type_name(type_url);
    let descriptor = descriptors()?
        .get_message_by_name(type_name)
        .ok_or_else(|| Error::UnknownType(type_name.to_owned()))?;
    let options = DeserializeOptions::new().deny_unknown_fields(true);
    let stripped;
    let json = match json {
        Value::Object(fields) if fields.contains_key("@type") => {
            let mut fields = fields.clone();
            fields.remove("@type");
            stripped = Value::Object(fields);
            &stripped
        }
        other => other,
    };
    DynamicMessage::deserialize_with_options(descriptor, json, &options)
        .map_err(|error| Error::Message { type_name: type_name.to_owned(), reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const CLUSTER: &str = "type.googleapis.com/envoy.config.cluster.v3.Cluster";

    #[test]
    fn a_cluster_with_a_typed_transport_socket_encodes() {
        let cluster = json!({
            "@type": CLUSTER,
            "name": "billing",
            "type": "EDS",
            "connect_timeout": "5s",
            "transport_socket": {
                "name": "tls",
                "typed_config": {
                    "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
                    "sni": "billing.example",
                },
            },
        });
        let bytes = message(CLUSTER, &cluster).unwrap();
        let decoded = envoy_types::pb::envoy::config::cluster::v3::Cluster::decode(bytes.as_slice()).unwrap();
        assert_eq!(decoded.name, "billing");
        assert_eq!(decoded.connect_timeout.unwrap().seconds, 5);
        assert!(decoded.transport_socket.is_some());
    }

    #[test]
    fn a_wrong_field_is_named() {
        let error =
            message(CLUSTER, &json!({ "name": "x", "conect_timeout": "5s" })).unwrap_err().to_string();
        assert!(error.contains("conect_timeout"), "{error}");
        let error = message("type.googleapis.com/no.such.Message", &json!({})).unwrap_err().to_string();
        assert!(error.contains("no.such.Message"), "{error}");
    }
}
