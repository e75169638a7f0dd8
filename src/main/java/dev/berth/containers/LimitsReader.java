package dev.berth.containers;

import dev.berth.json.Fields;
import dev.berth.json.Json;
import dev.berth.model.Cpus;
import dev.berth.model.DeviceRate;
import dev.berth.model.Faults;
import dev.berth.model.Limits;
import dev.berth.model.MemorySize;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Reads the limits of a container: memory, CPU, processes, and what it may move to and from block devices.
final class LimitsReader {
    private static final long MOST_PIDS = 4_194_304; // the kernel's own PID_MAX_LIMIT

    private final Fields fields;
    private final Faults faults;
    private final EngineHost host;

    LimitsReader(Fields fields, Faults faults, EngineHost host) {
        this.fields = fields;
        this.faults = faults;
        this.host = host;
    }

    /// Those of a container that exists: what is not named stays as it is.
    Limits changed() {
        Optional<MemorySize> memory = memory("mem_limit");
        memory.flatMap(it -> host.presets().fault(Optional.of(it))).ifPresent(it -> faults.add("mem_limit", it));
        return new Limits(
                memory,
                Optional.empty(),
                cpus(),
                fields.whole("pids_limit", 1, MOST_PIDS),
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }

    Limits read() {
        Optional<MemorySize> memory = memory("mem_limit").or(this::standard);
        if (fields.raw("mem_limit").isEmpty() || memory.isPresent())
            host.presets().fault(memory).ifPresent(it -> faults.add("mem_limit", it));
        Optional<MemorySize> reservation = memory("mem_reservation");
        if (memory.isPresent() && reservation.isPresent() && reservation.get().compareTo(memory.get()) > 0)
            faults.add("mem_reservation", "must not be more than mem_limit");
        return new Limits(
                memory,
                reservation,
                cpus(),
                fields.whole("pids_limit", 1, MOST_PIDS),
                rates("device_read_bps", true),
                rates("device_read_iops", false),
                rates("device_write_bps", true),
                rates("device_write_iops", false));
    }

    private Optional<MemorySize> standard() {
        return fields.stands("mem_limit") ? Optional.empty() : host.presets().standard();
    }

    private Optional<MemorySize> memory(String name) {
        return fields.raw(name).flatMap(value -> size(value, fields.path(name))).filter(size -> {
            boolean enough = size.compareTo(Limits.MEMORY_FLOOR) >= 0;
            if (!enough)
                faults.add(
                        name,
                        size.bytes() == 0
                                ? "0 is not a limit; leave the field out, or null, for none"
                                : "must be at least 6m, the engine's floor");
            return enough;
        });
    }

    /// Bytes as a whole number, or a string with a unit.
    private Optional<MemorySize> size(Json value, String at) {
        if (value instanceof Json.Str(String text)) return faults.parse(at, () -> MemorySize.parse(text));
        OptionalLong bytes = value.exactWhole();
        if (bytes.isPresent()) return faults.parse(at, () -> new MemorySize(bytes.getAsLong()));
        faults.add(at, "must be a whole number of bytes or a string such as \"512m\", not " + inWords(value));
        return Optional.empty();
    }

    private static String inWords(Json value) {
        return value instanceof Json.Num ? "this number" : value.kind();
    }

    private Optional<Cpus> cpus() {
        return fields.number("cpu_percent_limit")
                .flatMap(percent -> faults.parse("cpu_percent_limit", () -> Cpus.ofPercent(percent)))
                .filter(cpus -> {
                    boolean there =
                            host.cpus().map(all -> cpus.compareTo(all) <= 0).orElse(true);
                    if (!there)
                        faults.add(
                                "cpu_percent_limit",
                                "is more than the host's "
                                        + host.cpus()
                                                .map(Cpus::percent)
                                                .orElse(0.0)
                                                .longValue() + " (100 is one whole CPU)");
                    return there;
                });
    }

    private List<DeviceRate> rates(String name, boolean bytes) {
        return fields.list(name, (value, at) -> rate(value, at, bytes)).orElse(List.of());
    }

    private Optional<DeviceRate> rate(Json value, String at, boolean bytes) {
        var device = Fields.of(value, at, faults);
        Optional<String> path = device.string("Path").filter(it -> isDevice(it, at + ".Path"));
        Optional<Long> rate = device.raw("Rate").flatMap(it -> perSecond(it, at + ".Rate", bytes));
        if (value instanceof Json.Obj) {
            if (device.raw("Path").isEmpty()) faults.add(at + ".Path", "is required");
            if (device.raw("Rate").isEmpty()) faults.add(at + ".Rate", "is required");
        }
        device.refuseUnknown();
        return path.isPresent() && rate.isPresent()
                ? faults.parse(at, () -> new DeviceRate(path.get(), rate.get()))
                : Optional.empty();
    }

    private boolean isDevice(String path, String at) {
        if (!path.startsWith("/dev/") || (path + "/").contains("/../")) {
            faults.add(at, "must be a device below /dev/");
            return false;
        }
        boolean good = host.isBlockDevice().map(it -> it.test(path)).orElse(true);
        if (!good) faults.add(at, "'" + path + "' is not a block device of the host");
        return good;
    }

    private Optional<Long> perSecond(Json value, String at, boolean bytes) {
        if (bytes && value instanceof Json.Str(String text))
            return faults.parse(at, () -> MemorySize.parse(text))
                    .map(MemorySize::bytes)
                    .filter(it -> positive(it, at));
        OptionalLong whole = value.exactWhole();
        if (whole.isPresent()) return Optional.of(whole.getAsLong()).filter(it -> positive(it, at));
        faults.add(at, "must be a positive whole number" + (bytes ? " or a string such as \"10mb\"" : ""));
        return Optional.empty();
    }

    private boolean positive(long rate, String at) {
        if (rate < 1) faults.add(at, "must be at least 1");
        return rate >= 1;
    }
}
