//! Rights that a token may lack, as a person gives them.

/// What to do where a token may not read `/v1/agent/self`.
pub const AGENT_READ_RULE: &str = "add `agent \"NODE\" { policy = \"read\" }` to the token's policy (NODE: the agent's node \
    name), or `agent_prefix \"\" { policy = \"read\" }`";
