package dev.berth.model;

import java.util.List;

/// What a container may do beyond what containers usually may: each of these reaches out of it.
///
/// @param all every capability and every device, without confinement: root on the host
/// @param addCapabilities by name, `ALL` for every one
public record Privileges(boolean all, List<String> addCapabilities, List<Device> devices) {
    public static final Privileges NONE = new Privileges(false, List.of(), List.of());
}
