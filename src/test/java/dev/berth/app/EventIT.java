package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.json.Json;
import dev.berth.json.JsonReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What somebody does beside the server, as `curl -N` shows it.
@Timeout(300)
class EventIT {
    private static final Duration LONG = Duration.ofSeconds(60);

    /// The system's curl, and what it has received.
    private static final class Curl implements AutoCloseable {
        final List<String> lines = new CopyOnWriteArrayList<>();
        private final Process process;
        private final Thread reader;

        Curl(Berth berth, String target, String... further) {
            var command = new ArrayList<>(
                    List.of("curl", "-sN", "-u", ":" + berth.http().token()));
            command.addAll(List.of(further));
            command.add(berth.http().base() + target);
            try {
                process = new ProcessBuilder(command).redirectErrorStream(true).start();
            } catch (IOException missing) {
                throw new UncheckedIOException(missing);
            }
            reader = Thread.ofVirtual().start(this::read);
            Awaitility.await().atMost(LONG).until(() -> lines.contains("retry: 2000"));
        }

        private void read() {
            try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
                in.lines().forEach(lines::add);
            } catch (IOException | UncheckedIOException ended) {
                lines.add("the stream broke: " + ended.getMessage());
            }
        }

        List<String> names() {
            return lines.stream()
                    .filter(it -> it.startsWith("event: "))
                    .map(it -> it.substring("event: ".length()))
                    .toList();
        }

        void await(String... names) {
            Awaitility.await().atMost(LONG).until(() -> names().containsAll(List.of(names)));
        }

        String lastId() {
            return lines.stream()
                    .filter(it -> it.startsWith("id: "))
                    .toList()
                    .getLast()
                    .substring("id: ".length());
        }

        Json data(String name) {
            String line = lines.get(lines.indexOf("event: " + name) + 1);
            byte[] bytes = line.substring("data: ".length()).getBytes(StandardCharsets.UTF_8);
            try {
                return JsonReader.engine(bytes, 0, bytes.length);
            } catch (JsonReader.Broken broken) {
                throw new AssertionError(line, broken);
            }
        }

        @Override
        public void close() {
            process.destroy(); // which ends the reader
            Awaitility.await().atMost(LONG).until(() -> !reader.isAlive());
        }
    }

    @Test
    void whatDockerDoesIsSeen() {
        Lab lab = Lab.shared();
        lab.removeContainers();
        lab.docker("pull", "-q", "busybox");
        try (var berth = Berth.on(lab);
                var curl = new Curl(berth, "/event?type=container&container=ev")) {
            lab.docker("run", "-d", "--name", "ev", "--label", "tier=try", "busybox", "sleep", "600");
            curl.await("container.started");
            assertEquals(
                    "running",
                    berth.http().get("/container/ev").json().get("status").textOrEmpty());
            lab.docker("pause", "ev");
            lab.docker("unpause", "ev");
            lab.docker("update", "--memory", "64m", "--memory-swap", "64m", "ev");
            curl.await("container.updated");
            lab.docker("stop", "-t", "0", "ev");
            curl.await("container.stopped");
            assertEquals(
                    137,
                    curl.data("container.died").at("container", "exit_code").wholeOr(0));
            lab.docker("rm", "ev");
            curl.await("container.removed");
            assertEquals(404, berth.http().get("/container/ev").status());
            assertEquals("container.created", curl.names().getFirst());
            assertEquals("container.removed", curl.names().getLast());
            assertTrue(curl.names().indexOf("container.died") < curl.names().indexOf("container.stopped"));
        }
    }

    @Test
    void oneThatIsThereForAMomentIsSeenWhole() {
        Lab lab = Lab.shared();
        lab.docker("pull", "-q", "busybox");
        try (var berth = Berth.on(lab);
                var curl = new Curl(berth, "/event?label=brief=yes")) {
            for (int i = 0; i < 5; i++) {
                lab.docker("run", "--rm", "--label", "brief=yes", "--name", "brief" + i, "busybox", "true");
            }
            Awaitility.await()
                    .atMost(LONG)
                    .until(() -> curl.names().stream()
                                    .filter("container.removed"::equals)
                                    .count()
                            == 5);
            for (String name : List.of("container.created", "container.started", "container.died"))
                assertEquals(5, curl.names().stream().filter(name::equals).count(), curl.names()::toString);
            assertEquals(20, curl.names().size(), curl.names()::toString);
        }
    }

    @Test
    void whatIsExecutedIsSeenByThoseWhoAsk() {
        Lab lab = Lab.shared();
        lab.docker("pull", "-q", "busybox");
        try (var berth = Berth.on(lab);
                var quiet = new Curl(berth, "/event?type=container");
                var curl = new Curl(berth, "/event?type=container&exec=true")) {
            lab.docker("run", "-d", "--name", "inner", "busybox", "sleep", "600");
            Awaitility.await().atMost(LONG).until(() -> {
                lab.run("docker", "-H", lab.engine(), "exec", "inner", "sh", "-c", "exit 3");
                return curl.names().contains("container.exec_died");
            });
            assertEquals(
                    "sh -c exit 3",
                    curl.data("container.exec_started")
                            .at("container", "command")
                            .textOrEmpty());
            assertEquals(
                    3,
                    curl.data("container.exec_died")
                            .at("container", "exit_code")
                            .wholeOr(0));
            lab.docker("rm", "-f", "inner");
            quiet.await("container.removed");
            assertTrue(quiet.names().stream().noneMatch(it -> it.contains("exec")), quiet.names()::toString);
        }
    }

    @Test
    void theStreamGoesOnThroughADeathOfTheEngineAndIsResumed() {
        Lab lab = Lab.shared().engine("e");
        lab.docker("pull", "-q", "busybox");
        try (var berth = Berth.on(lab);
                var curl = new Curl(berth, "/event")) {
            lab.docker("run", "-d", "--name", "before", "busybox", "sleep", "600");
            curl.await("container.started");
            lab.run("lab/engine", "kill", lab.name());
            curl.await("engine.unreachable");
            String away = curl.lastId();
            lab.run("lab/engine", "start", lab.name());
            curl.await("engine.connected", "container.died");
            lab.docker("run", "-d", "--name", "after", "busybox", "sleep", "600");
            Awaitility.await()
                    .atMost(LONG)
                    .until(() -> curl.names().stream()
                                    .filter("container.started"::equals)
                                    .count()
                            == 2);
            try (var again = new Curl(berth, "/event", "-H", "Last-Event-ID: " + away)) {
                again.await("engine.connected", "container.died", "container.started");
                assertEquals(
                        curl.names()
                                .subList(
                                        curl.names().indexOf("engine.unreachable") + 1,
                                        curl.names().size()),
                        again.names()
                                .subList(0, curl.names().size() - curl.names().indexOf("engine.unreachable") - 1));
            }
        } finally {
            lab.run("lab/down", lab.name());
        }
    }
}
