package dev.berth.engine;

/// Credentials for a registry as the engine takes them: its `X-Registry-Auth` header's value, or empty for none.
///
/// @param header base64url of a JSON object
public record RegistryAuth(String header) {
    public static final RegistryAuth NONE = new RegistryAuth("");

    public boolean isNone() {
        return header.isEmpty();
    }

    @Override
    public String toString() {
        return isNone() ? "no credentials" : "******";
    }
}
