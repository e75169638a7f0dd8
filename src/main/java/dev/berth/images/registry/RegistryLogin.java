package dev.berth.images.registry;

import dev.berth.engine.RegistryAuth;
import dev.berth.json.Json;
import dev.berth.json.JsonReader;
import dev.berth.model.Faults;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/// Credentials taken apart.
///
/// @param basic user and password as `Authorization: Basic` has them
/// @param identityToken is changed for a token at the registry's realm
/// @param registryToken is shown to the registry as it is
record RegistryLogin(Optional<String> basic, Optional<String> identityToken, Optional<String> registryToken) {
    static final RegistryLogin NONE = new RegistryLogin(Optional.empty(), Optional.empty(), Optional.empty());

    static RegistryLogin of(RegistryAuth auth) {
        if (auth.isNone()) return NONE;
        try {
            Json all = JsonReader.request(Base64.getUrlDecoder().decode(auth.header()), new Faults());
            String password = all.get("password").textOrEmpty();
            return new RegistryLogin(
                    all.get("username").someText().map(it -> base64(it + ":" + password)),
                    all.get("identitytoken").someText(),
                    all.get("registrytoken").someText());
        } catch (IllegalArgumentException | JsonReader.Broken unreadable) {
            return NONE; // what is given is checked at the door; an engine that gets it says what is wrong
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return equals(NONE) ? "no credentials" : "******";
    }
}
