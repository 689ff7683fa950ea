//! service-intentions, mesh, exported-services, sameness-group.

use super::rows::{
    CIPHER_SUITES, CREATE_INDEX, IN_SAMENESS_GROUP, KIND, META, MODIFY_INDEX, NAME, NAMESPACE, PARTITION,
    TLS_MAX_VERSION, TLS_MIN_VERSION,
};
use crate::config_entry::schema::Type::{Any, Bool, Int, List, Map, Optional, String, Struct as Object};
use crate::config_entry::schema::{Struct, field};
use crate::consul_version::Release;

/// A service-intentions entry.
pub static INTENTIONS: Struct = Struct {
    fields: &[
        KIND,
        NAME,
        PARTITION,
        NAMESPACE,
        field("JWT", Optional(&Object(&JWT))).since(Release(1, 16, 0)),
        field("Sources", List(&Optional(&Object(&SOURCE)))).always(),
        META,
        CREATE_INDEX,
        MODIFY_INDEX,
    ],
};

static SOURCE: Struct = Struct {
    fields: &[
        NAME,
        field("Peer", String).since(Release(1, 13, 0)),
        PARTITION,
        NAMESPACE,
        IN_SAMENESS_GROUP,
        field("Action", String),
        field("Permissions", List(&Optional(&Object(&PERMISSION)))),
        field("Precedence", Int).always(),
        field("Type", String).always(),
        field("Description", String),
        field("LegacyID", String).alias("legacy_id"),
        field("LegacyMeta", Map(&String)).alias("legacy_meta"),
        field("LegacyCreateTime", Optional(&Any)).alias("legacy_create_time"),
        field("LegacyUpdateTime", Optional(&Any)).alias("legacy_update_time"),
    ],
};

static PERMISSION: Struct = Struct {
    fields: &[
        field("Action", String).always(),
        field("HTTP", Optional(&Object(&HTTP_PERMISSION))),
        field("JWT", Optional(&Object(&JWT))).since(Release(1, 16, 0)),
    ],
};

static HTTP_PERMISSION: Struct = Struct {
    fields: &[
        field("PathExact", String).alias("path_exact"),
        field("PathPrefix", String).alias("path_prefix"),
        field("PathRegex", String).alias("path_regex"),
        field("Header", List(&Object(&HEADER_PERMISSION))),
        field("Methods", List(&String)),
    ],
};

static HEADER_PERMISSION: Struct = Struct {
    fields: &[
        NAME,
        field("Present", Bool),
        field("Exact", String),
        field("Prefix", String),
        field("Suffix", String),
        field("Contains", String).since(Release(1, 20, 1)),
        field("Regex", String),
        field("Invert", Bool),
        field("IgnoreCase", Bool).alias("ignore_case").since(Release(1, 20, 1)),
    ],
};

/// Which tokens are wanted.
pub static JWT: Struct = Struct { fields: &[field("Providers", List(&Optional(&Object(&JWT_PROVIDER))))] };

static JWT_PROVIDER: Struct = Struct {
    fields: &[
        field("Name", String),
        field("VerifyClaims", List(&Optional(&Object(&JWT_CLAIM)))).alias("verify_claims"),
    ],
};

static JWT_CLAIM: Struct = Struct { fields: &[field("Path", List(&String)), field("Value", String)] };

/// A mesh entry; there is one in a datacenter, and it has no name.
pub static MESH: Struct = Struct {
    fields: &[
        PARTITION,
        NAMESPACE,
        field("TransparentProxy", Object(&MESH_TRANSPARENT_PROXY)).alias("transparent_proxy"),
        field("AllowEnablingPermissiveMutualTLS", Bool)
            .alias("allow_enabling_permissive_mutual_tls")
            .since(Release(1, 16, 0)),
        field("ValidateClusters", Bool).alias("validate_clusters").since(Release(1, 19, 0)),
        field("TLS", Optional(&Object(&MESH_TLS))).since(Release(1, 12, 0)),
        field("HTTP", Optional(&Object(&MESH_HTTP))).since(Release(1, 12, 0)),
        field("Peering", Optional(&Object(&MESH_PEERING))).since(Release(1, 14, 0)),
        META,
        CREATE_INDEX,
        MODIFY_INDEX,
    ],
};

static MESH_TRANSPARENT_PROXY: Struct =
    Struct { fields: &[field("MeshDestinationsOnly", Bool).alias("mesh_destinations_only").always()] };

static MESH_TLS: Struct = Struct {
    fields: &[
        field("Incoming", Optional(&Object(&MESH_DIRECTIONAL_TLS))),
        field("Outgoing", Optional(&Object(&MESH_DIRECTIONAL_TLS))),
    ],
};

static MESH_DIRECTIONAL_TLS: Struct = Struct {
    fields: &[
        TLS_MIN_VERSION,
        TLS_MAX_VERSION,
        CIPHER_SUITES,
        field("ECDHCurves", List(&String)).alias("ecdh_curves").since(Release(2, 1, 0)),
    ],
};

static MESH_HTTP: Struct = Struct {
    fields: &[
        field("SanitizeXForwardedClientCert", Bool).alias("sanitize_x_forwarded_client_cert").always(),
        field("Incoming", Optional(&Object(&MESH_DIRECTIONAL_HTTP))).since(Release(1, 20, 1)),
    ],
};

static MESH_DIRECTIONAL_HTTP: Struct = Struct {
    fields: &[field("RequestNormalization", Optional(&Object(&REQUEST_NORMALIZATION)))
        .alias("request_normalization")],
};

static REQUEST_NORMALIZATION: Struct = Struct {
    fields: &[
        field("InsecureDisablePathNormalization", Bool).alias("insecure_disable_path_normalization"),
        field("MergeSlashes", Bool).alias("merge_slashes"),
        field("PathWithEscapedSlashesAction", String).alias("path_with_escaped_slashes_action"),
        field("HeadersWithUnderscoresAction", String).alias("headers_with_underscores_action"),
    ],
};

static MESH_PEERING: Struct =
    Struct { fields: &[field("PeerThroughMeshGateways", Bool).alias("peer_through_mesh_gateways")] };

/// An exported-services entry.
pub static EXPORTED_SERVICES: Struct = Struct {
    fields: &[
        field("Name", String),
        PARTITION,
        field("Services", List(&Object(&EXPORTED_SERVICE))),
        META,
        CREATE_INDEX,
        MODIFY_INDEX,
    ],
};

static EXPORTED_SERVICE: Struct =
    Struct { fields: &[NAME, NAMESPACE, field("Consumers", List(&Object(&CONSUMER)))] };

static CONSUMER: Struct = Struct {
    fields: &[
        PARTITION,
        field("Peer", String).alias("peer_name").since(Release(1, 13, 0)),
        IN_SAMENESS_GROUP,
    ],
};

/// A sameness-group entry.
pub static SAMENESS_GROUP: Struct = Struct {
    fields: &[
        KIND,
        NAME,
        PARTITION,
        field("DefaultForFailover", Bool).alias("default_for_failover"),
        field("IncludeLocal", Bool).alias("include_local"),
        field("Members", List(&Object(&MEMBER))).always(),
        META,
        CREATE_INDEX,
        MODIFY_INDEX,
    ],
};

static MEMBER: Struct =
    Struct { fields: &[field("Partition", String).always(), field("Peer", String).always()] };
