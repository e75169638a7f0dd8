package dev.berth.containers;

import dev.berth.json.Fields;
import dev.berth.json.Json;
import dev.berth.model.Device;
import dev.berth.model.Faults;
import dev.berth.model.Privileges;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads what a container may do more, and less, than others.
final class PrivilegesReader {
    private static final Pattern CAPABILITY = Pattern.compile("ALL|(CAP_)?[A-Z_]{2,30}");

    private final Fields fields;
    private final Faults faults;

    PrivilegesReader(Fields fields, Faults faults) {
        this.fields = fields;
        this.faults = faults;
    }

    Privileges read() {
        List<String> dropped = fields.raw("cap_drop").map(Json::texts).orElse(List.of());
        List<String> added = capabilities("cap_add");
        for (String capability : added)
            if (dropped.stream().anyMatch(it -> plain(it).equals(plain(capability))))
                faults.add("cap_add", capability + " is dropped by cap_drop");
        return new Privileges(fields.bool("privileged", false), added, devices());
    }

    List<String> capabilities(String name) {
        return fields.list(name, (value, at) -> {
                    Optional<String> text = fields.text(value, at);
                    if (text.isPresent() && !CAPABILITY.matcher(text.get()).matches())
                        faults.add(at, "is not a capability such as NET_RAW, or ALL");
                    return text;
                })
                .orElse(List.of());
    }

    private static String plain(String capability) {
        return capability.startsWith("CAP_") ? capability.substring("CAP_".length()) : capability;
    }

    private List<Device> devices() {
        List<Device> devices = fields.list(
                        "devices",
                        (value, at) ->
                                fields.text(value, at).flatMap(text -> faults.parse(at, () -> Device.parse(text))))
                .orElse(List.of());
        Set<String> targets = new HashSet<>();
        for (Device device : devices)
            if (!targets.add(device.target())) faults.add("devices", "two devices are to be " + device.target());
        return devices;
    }
}
