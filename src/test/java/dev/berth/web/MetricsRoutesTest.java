package dev.berth.web;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.containers.Harbour;
import dev.berth.engine.SpecDraft;
import dev.berth.engine.StatsRecord;
import dev.berth.engine.StatsRecord.CpuCounters;
import dev.berth.model.ContainerId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The figures of containers on an engine in memory, and those of Berth itself.
@Timeout(60)
class MetricsRoutesTest {
    /// A line of either format: a comment, or a name, labels and a number.
    private static final Pattern LINE = Pattern.compile("# (HELP|TYPE|UNIT) [a-z_]+ .+|# EOF"
            + "|[a-z_]+(\\{[A-Za-z_]+=\"([^\"\\\\\n]|\\\\[\\\\\"n])*\"(,[A-Za-z_]+=\"([^\"\\\\\n]|\\\\[\\\\\"n])*\")*})?"
            + " -?[0-9.]+(E-?[0-9]+)?");

    private final Harbour harbour = new Harbour();
    private final Desk desk =
            new Desk(Routes.all(harbour.rooms(), InstantSource.system(), "quay", "0"), harbour.requests);

    @BeforeEach
    void open() {
        harbour.engine.size("10g", 2);
        harbour.engine.imageStore().put("here");
        harbour.open();
    }

    @AfterEach
    void close() {
        harbour.close();
    }

    private String metrics() {
        Desk.Reply reply = desk.get("/metrics");
        assertEquals(200, reply.status(), reply::text);
        for (String line : reply.text().split("\n", -1))
            assertTrue(line.isEmpty() || LINE.matcher(line).matches(), line);
        return reply.text();
    }

    private void has(String line) {
        String text = metrics();
        assertTrue(text.lines().anyMatch(line::equals), () -> line + " is not in\n" + text);
    }

    private void sampled(ContainerId id, long second, long figure) {
        await().atMost(20, SECONDS).until(() -> harbour.engine.statsFollowers(id) == 1);
        Instant at = Instant.parse("2026-01-01T00:00:00Z").plusSeconds(second);
        harbour.engine.measure(
                id,
                new StatsRecord(
                        at,
                        new CpuCounters(figure, OptionalLong.of(second * 2_000_000_000L), 2),
                        Optional.empty(),
                        OptionalLong.of(figure),
                        OptionalLong.of(figure * 2),
                        OptionalLong.of(figure / 4),
                        OptionalLong.of(3),
                        OptionalLong.of(figure + 1),
                        OptionalLong.of(figure + 2),
                        OptionalLong.of(figure + 3),
                        OptionalLong.of(figure + 4),
                        OptionalLong.of(5)));
        await().atMost(20, SECONDS)
                .until(() -> harbour.stats.table().samples().values().stream()
                        .anyMatch(it -> it.at().equals(at)));
    }

    @Test
    void aRunningContainerHasTheSeriesOfCadvisor() {
        ContainerId id = harbour.foreign(SpecDraft.of("here")
                .named("web")
                .memory("1g")
                .label("stage", "try")
                .label("not.shown", "x")
                .spec());
        sampled(id, 1, 2_000);
        String labels = "container_label_stage=\"try\"}";
        String own = "id=\"/docker/" + id.hex() + "\",image=\"here:latest\",name=\"web\",";
        has("container_cpu_usage_seconds_total{" + own + labels.replace("}", ",cpu=\"total\"} 0.000002"));
        has("container_memory_usage_bytes{" + own + labels + " 2000");
        has("container_memory_working_set_bytes{" + own + labels + " 1500");
        has("container_memory_max_usage_bytes{" + own + labels + " 4000");
        has("container_spec_memory_limit_bytes{" + own + labels + " 1073741824");
        has("container_spec_cpu_period{" + own + labels + " 100000");
        has("container_network_receive_bytes_total{" + own + labels.replace("}", ",interface=\"all\"} 2001"));
        has("container_network_transmit_bytes_total{" + own + labels.replace("}", ",interface=\"all\"} 2002"));
        has("container_fs_reads_bytes_total{" + own + labels.replace("}", ",device=\"all\"} 2003"));
        has("container_fs_writes_bytes_total{" + own + labels.replace("}", ",device=\"all\"} 2004"));
        has("container_processes{" + own + labels + " 3");
        has("container_cpu_cfs_throttled_periods_total{" + own + labels + " 5");
        has("container_last_seen{" + own + labels + " 1767225601");
        assertTrue(metrics().contains("\ncontainer_start_time_seconds{" + own));
        assertFalse(metrics().contains("not_shown"));
    }

    @Test
    void whatIsNotKnownHasNoSeries() {
        harbour.foreign(SpecDraft.of("here").named("fresh").spec());
        String text = metrics();
        assertFalse(text.contains("\ncontainer_cpu_usage_seconds_total"), text);
        assertFalse(text.contains("\ncontainer_last_seen{"), text);
        assertTrue(text.contains("name=\"fresh\",container_label") || text.contains("name=\"fresh\"} 0"), text);
        desk.post("/container", "{\"image_name\":\"here\",\"name\":\"idle\",\"start\":false}");
        assertFalse(metrics().contains("name=\"idle\""));
    }

    @Test
    void theCountersOfANewLifeBeginAnew() {
        ContainerId id = harbour.foreign(SpecDraft.of("here").named("web").spec());
        sampled(id, 1, 9_000_000_000L);
        assertTrue(metrics().contains("cpu=\"total\"} 9\n"));
        assertEquals(200, desk.ask("POST", "/container/web/restart").status());
        assertFalse(metrics().contains("cpu=\"total\"}"), "nothing is known of the new life yet");
        sampled(id, 2, 1_000_000_000L);
        assertTrue(metrics().contains("cpu=\"total\"} 1\n"));
    }

    @Test
    void nothingBreaksOutOfALabel() {
        desk.post("/container", """
                {"image_name":"here","name":"odd","labels":{"stage":"a\\"} 1\\nb\\\\"}}""");
        assertTrue(metrics().contains("name=\"odd\",container_label_stage=\"a\\\"} 1\\nb\\\\\"}"), () -> metrics());
    }

    @Test
    void berthTellsItsOwnFigures() {
        harbour.foreign(SpecDraft.of("here").named("web").memory("1g").spec());
        desk.post("/image?wait=20", "{\"image_name\":\"nowhere\"}");
        has("berth_build_info{version=\"0.0.0\"} 1");
        has("berth_engine_state{state=\"connected\"} 1");
        has("berth_engine_state{state=\"unreachable\"} 0");
        has("berth_containers{status=\"running\"} 1");
        has("berth_memory_limits_bytes 1073741824");
        has("berth_memory_held_bytes 0");
        has("berth_admission_waiting 0");
        has("berth_jobs{kind=\"pull\",state=\"failed\"} 1");
        has("machine_cpu_cores 2");
        for (String name : List.of(
                "berth_memory_capacity_bytes",
                "berth_memory_committed_bytes",
                "berth_memory_available_bytes",
                "berth_sampler_interval_seconds",
                "berth_sampler_skipped_rounds_total",
                "process_cpu_seconds_total",
                "process_resident_memory_bytes",
                "process_open_fds",
                "process_start_time_seconds",
                "jvm_threads_current")) assertTrue(metrics().contains("\n" + name + " "), name);
    }

    @Test
    void everyAnswerIsCountedByRouteMethodAndStatus() {
        desk.get("/container/nobody");
        desk.get("/container/no-one");
        desk.ask("HEAD", "/container");
        desk.ask("BREW", "/container");
        desk.get("/nowhere");
        desk.without("Host").get("/info");
        desk.with("Host", Desk.OURS);
        has("berth_http_requests_total{route=\"/container/{id}\",method=\"GET\",status=\"404\"} 2");
        has("berth_http_requests_total{route=\"/container\",method=\"HEAD\",status=\"200\"} 1");
        has("berth_http_requests_total{route=\"/container\",method=\"other\",status=\"405\"} 1");
        has("berth_http_requests_total{route=\"none\",method=\"GET\",status=\"404\"} 1");
        has("berth_http_requests_total{route=\"none\",method=\"GET\",status=\"421\"} 1");
        has("berth_http_request_duration_seconds_count{route=\"/container/{id}\",method=\"GET\"} 2");
    }

    @Test
    void theEnginesAbsenceIsAFigureToo() {
        harbour.foreign(SpecDraft.of("here").named("web").spec());
        harbour.engine.goAway();
        harbour.awaitUnreachable();
        has("berth_engine_state{state=\"unreachable\"} 1");
        assertTrue(metrics().contains("name=\"web\""));
    }

    @Test
    void figuresAreNotKeptAndNeedAToken() {
        Desk.Reply reply = desk.get("/metrics");
        assertEquals("text/plain; version=0.0.4; charset=utf-8", reply.header("Content-Type"));
        assertEquals("no-store", reply.header("Cache-Control"));
        assertEquals(400, desk.get("/metrics?collect[]=x").status());
        desk.with("Accept", "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5");
        Desk.Reply open = desk.get("/metrics");
        assertEquals("application/openmetrics-text; version=1.0.0; charset=utf-8", open.header("Content-Type"));
        assertTrue(open.text().endsWith("\n# EOF\n"));
        assertEquals(401, desk.without("Authorization").get("/metrics").status());
    }
}
