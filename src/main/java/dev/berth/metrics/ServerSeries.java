package dev.berth.metrics;

import dev.berth.admission.Admission;
import dev.berth.admission.MemoryFigures;
import dev.berth.engine.EngineTimes;
import dev.berth.jobs.JobState;
import dev.berth.jobs.JobView;
import dev.berth.jobs.Jobs;
import dev.berth.mirror.EngineState;
import dev.berth.mirror.Snapshot;
import dev.berth.model.Container;
import dev.berth.model.Host;
import dev.berth.model.Status;
import dev.berth.stats.SampleTable;
import dev.berth.stats.Sampling;
import dev.berth.stats.Stats;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/// The figures of Berth's own work: memory, jobs, the engine, the sampler, and the requests that it answers.
final class ServerSeries {
    private final Admission admission;
    private final Jobs jobs;
    private final Stats stats;
    private final EngineTimes engine;
    private final RequestCounts requests;
    private final String version;

    ServerSeries(
            Admission admission, Jobs jobs, Stats stats, EngineTimes engine, RequestCounts requests, String version) {
        this.admission = admission;
        this.jobs = jobs;
        this.stats = stats;
        this.engine = engine;
        this.requests = requests;
        this.version = version;
    }

    void write(Snapshot snapshot, SampleTable samples, Instant now, Exposition to) {
        to.gauge("berth_build_info", "", "The version of this server; the value is always 1.")
                .sample(Labels.of("version", version).toString(), 1);
        state(snapshot, to);
        snapshot.host().ifPresent(it -> host(it, to));
        if (snapshot.known()) contents(snapshot, to);
        if (snapshot.known()) admission.figures().ifPresent(it -> memory(it, to));
        if (snapshot.host().isPresent())
            to.gauge("berth_admission_waiting", "", "Requests that wait until their memory is free.")
                    .sample("", admission.line().size());
        jobs(to);
        sampling(samples, now, to);
        engine(to);
        requests(to);
    }

    private static void state(Snapshot snapshot, Exposition to) {
        to.gauge("berth_engine_state", "", "The state that the engine is in has 1, the others have 0.");
        for (EngineState.Kind kind : EngineState.Kind.values())
            to.sample(
                    Labels.of("state", kind.word()).toString(), snapshot.state().kind() == kind ? 1 : 0);
    }

    /// Two of cAdvisor's names: dashboards divide by them.
    private static void host(Host host, Exposition to) {
        to.gauge("berth_engine_info", "", "The engine; the value is always 1.")
                .sample(
                        Labels.of("engine", host.engineName())
                                .with("version", host.engineVersion())
                                .and("api_version", host.apiVersion()),
                        1);
        to.gauge("machine_cpu_cores", "", "CPUs of the engine's machine.").sample("", host.cpus());
        to.gauge("machine_memory_bytes", "bytes", "Memory of the engine's machine.")
                .sample("", host.memory().bytes());
    }

    private static void contents(Snapshot snapshot, Exposition to) {
        Map<Status, Long> counts = snapshot.containers().values().stream()
                .collect(Collectors.groupingBy(Container::status, Collectors.counting()));
        to.gauge("berth_containers", "", "Containers by their status.");
        for (Status status : Status.values())
            to.sample(Labels.of("status", status.word()).toString(), counts.getOrDefault(status, 0L));
        to.gauge("berth_images", "", "Images of the engine.")
                .sample("", snapshot.images().size());
    }

    private static void memory(MemoryFigures figures, Exposition to) {
        memory("capacity", "What may be promised of the machine's memory.", figures, MemoryFigures::capacityBytes, to);
        memory("committed", "What is promised.", figures, MemoryFigures::committedBytes, to);
        memory("limits", "The sum of all limits of what runs.", figures, MemoryFigures::limitsBytes, to);
        memory("unlimited", "What counts for those without a limit.", figures, MemoryFigures::unlimitedBytes, to);
        memory("held", "What is held for work under way.", figures, MemoryFigures::heldBytes, to);
        memory("available", "What can still be promised.", figures, MemoryFigures::availableBytes, to);
        memory("overcommitted", "What is promised above the capacity.", figures, MemoryFigures::overcommittedBytes, to);
        memory("queued", "What those who wait ask for.", figures, MemoryFigures::queuedBytes, to);
        memory("used", "The working sets of all containers.", figures, MemoryFigures::usedBytes, to);
    }

    private static void memory(
            String name, String help, MemoryFigures figures, ToLongFunction<MemoryFigures> figure, Exposition to) {
        to.gauge("berth_memory_" + name + "_bytes", "bytes", help).sample("", figure.applyAsLong(figures));
    }

    private void jobs(Exposition to) {
        var counts = new TreeMap<String, Map<JobState, Long>>();
        for (JobView job : jobs.list())
            counts.computeIfAbsent(job.kind(), _ -> new TreeMap<>()).merge(job.state(), 1L, Long::sum);
        to.gauge("berth_jobs", "", "Jobs that are kept, by kind and state.");
        counts.forEach((kind, states) -> {
            for (JobState state : JobState.values())
                to.sample(Labels.of("kind", kind).and("state", state.word()), states.getOrDefault(state, 0L));
        });
    }

    private void sampling(SampleTable samples, Instant now, Exposition to) {
        Sampling sampling = stats.sampling();
        to.gauge("berth_sampler_interval_seconds", "seconds", "From one sample of a container to the next.")
                .seconds("", sampling.interval().toNanos());
        sampling.cost()
                .ifPresent(it -> to.gauge(
                                "berth_sampler_round_seconds", "seconds", "How long the last round of samples took.")
                        .seconds("", it.toNanos()));
        to.counter(
                        "berth_sampler_skipped_rounds_total",
                        "",
                        "Rounds of samples that were left out because one took too long.")
                .sample("", sampling.skipped());
        samples.newest()
                .ifPresent(at -> to.gauge("berth_sampler_age_seconds", "seconds", "The age of the newest sample.")
                        .seconds("", Math.max(0, Duration.between(at, now).toNanos())));
    }

    private void engine(Exposition to) {
        Map<String, EngineTimes.Figures> figures = engine.figures();
        to.histogram(
                "berth_engine_request_duration_seconds", "How long the engine took to answer; streams are left out.");
        figures.forEach((name, it) -> to.distribution(Labels.of("operation", name), it.answered()));
        to.counter(
                "berth_engine_request_failures_total",
                "",
                "Requests that the engine did not answer, or too late, or with nonsense.");
        figures.forEach((name, it) -> to.sample(Labels.of("operation", name).toString(), it.failed()));
    }

    private void requests(Exposition to) {
        to.counter("berth_http_requests_total", "", "Requests answered, by route, method and status.");
        for (RequestCounts.Answers it : requests.answers())
            to.sample(
                    Labels.of("route", it.route())
                            .with("method", it.method())
                            .and("status", Integer.toString(it.status())),
                    it.count());
        to.histogram(
                "berth_http_request_duration_seconds",
                "From a request's arrival until its answer, or the beginning of its stream, was made.");
        for (RequestCounts.Durations it : requests.durations())
            to.distribution(Labels.of("route", it.route()).with("method", it.method()), it.reading());
    }
}
