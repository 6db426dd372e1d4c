//! What is assumed about the remote service, as data (`profile/remote.toml`).
use serde::Deserialize;

/// Addresses and names of a remote signing service.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoteProfile {
    /// Entries that no published text confirms.
    pub assumed: Vec<String>,
    /// Signing in.
    pub login: LoginProfile,
    /// Signing.
    pub sign: SignProfile,
    /// Sessions.
    pub session: SessionProfile,
}

/// Signing in by OpenID Connect.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoginProfile {
    /// Authorization endpoint.
    pub authorize_url: String,
    /// Token endpoint.
    pub token_url: String,
    /// The issuer that the identity token must name.
    pub issuer: String,
    /// Where the browser comes back to.
    pub redirect_url: String,
    /// Scopes.
    pub scope: String,
    /// `login` makes the service ask every time.
    pub prompt: String,
    /// The client id of each method.
    pub client_ids: ClientIds,
}

/// Client ids, one for each method.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientIds {
    /// Registered smartphone.
    pub fido: String,
    /// マイナンバーカード.
    pub jpki: String,
    /// HPKI card.
    pub hpki: String,
}

/// The request for a signature.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignProfile {
    /// Address.
    pub url: String,
    /// Member for the digest, Base64.
    pub digest_field: String,
    /// Member for its algorithm.
    pub algorithm_field: String,
    /// Member for the unsigned document, Base64.
    pub document_field: String,
    /// Member of the answer with the signature, Base64.
    pub signature_field: String,
}

/// How long one sign-in serves.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionProfile {
    /// Longest life in hours, whatever the service says.
    pub longest_hours: u32,
}

/// A profile is not one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("カードレス署名の設定ファイルを読めません：{0}")]
pub struct ProfileError(String);

impl RemoteProfile {
    /// Reads a profile.
    ///
    /// # Errors
    /// When it is not TOML or a member is missing or unknown.
    pub fn parse(text: &str) -> Result<RemoteProfile, ProfileError> {
        toml::from_str(text).map_err(|error| ProfileError(error.to_string()))
    }
    /// The one that ships with the product.
    ///
    /// # Errors
    /// Never for a product whose tests passed.
    pub fn shipped() -> Result<RemoteProfile, ProfileError> {
        RemoteProfile::parse(include_str!("../../../profile/remote.toml"))
    }
}
