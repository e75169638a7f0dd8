package dev.berth.engine;

import java.util.List;
import java.util.Map;

/// What the engine was told about registries.
///
/// @param mirrors addresses that are asked before Docker Hub is, in this order
/// @param insecureNetworks such as `127.0.0.0/8`: a registry with an address in one may speak plain HTTP
/// @param secure of single registries by name, whether they must not; this counts more than a network
public record RegistryConfig(List<String> mirrors, List<String> insecureNetworks, Map<String, Boolean> secure) {
    public static final RegistryConfig NONE = new RegistryConfig(List.of(), List.of(), Map.of());
}
