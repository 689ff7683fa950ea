//! Rights that a token may lack, as a person gives them.

/// A right, and the rule that gives it.
#[derive(Debug, PartialEq, Eq)]
pub struct Right {
    /// Its name, such as `agent:read`.
    pub name: &'static str,
    /// What to do where a token lacks it.
    pub help: &'static str,
}

/// Reading what the agent says about itself.
pub static AGENT_READ: Right = Right {
    name: "agent:read",
    help: "add `agent \"NODE\" { policy = \"read\" }` to the token's policy (NODE: the agent's node name), or \
           `agent_prefix \"\" { policy = \"read\" }`",
};
