package dev.berth.containers;

import dev.berth.json.Fields;
import dev.berth.json.Json;
import dev.berth.model.Cpus;
import dev.berth.model.Faults;
import dev.berth.model.Limits;
import dev.berth.model.LimitsChange;
import dev.berth.model.RestartPolicy;
import java.util.Optional;

/// Reads the body of a change: what is not named stays, and null means without.
public final class ChangeRequestReader {
    private final Fields fields;
    private final Faults faults;

    private ChangeRequestReader(Fields fields, Faults faults) {
        this.fields = fields;
        this.faults = faults;
    }

    /// @return nothing if there were faults
    public static Optional<ChangeRequest> read(Json body, EngineHost host, Faults faults) {
        return new ChangeRequestReader(Fields.of(body, "", faults), faults).read(body, host);
    }

    private Optional<ChangeRequest> read(Json body, EngineHost host) {
        boolean lifts = isNull("mem_limit");
        Limits limits = new LimitsReader(fields, faults, host).changed();
        if (lifts) host.presets().fault(Optional.empty()).ifPresent(it -> faults.add("mem_limit", it));
        var change = new LimitsChange(limits.memory(), cpus(limits, host), pids(limits), restartPolicy());
        Optional<String> name = ContainerName.read(fields, faults);
        fields.refuseUnknown();
        if (body.fields().isEmpty() && !faults.any())
            faults.add(
                    "body",
                    "names nothing to change: mem_limit, cpu_percent_limit, pids_limit, restart_policy or name");
        return faults.any() ? Optional.empty() : Optional.of(new ChangeRequest(lifts, change, name));
    }

    private boolean isNull(String name) {
        return fields.stands(name) && fields.raw(name).isEmpty();
    }

    /// Without a limit is all that the host has: no engine lifts the limit of a container that exists.
    private Optional<Cpus> cpus(Limits limits, EngineHost host) {
        return isNull("cpu_percent_limit") ? host.cpus() : limits.cpus();
    }

    private Optional<LimitsChange.Pids> pids(Limits limits) {
        if (limits.pids().isPresent())
            return Optional.of(LimitsChange.Pids.of(limits.pids().getAsLong()));
        return isNull("pids_limit") ? Optional.of(LimitsChange.Pids.UNLIMITED) : Optional.empty();
    }

    private Optional<RestartPolicy> restartPolicy() {
        if (isNull("restart_policy")) return Optional.of(RestartPolicy.NO);
        return fields.parsed("restart_policy", RestartPolicy::parse);
    }
}
