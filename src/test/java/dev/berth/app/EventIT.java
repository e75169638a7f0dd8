package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What somebody does beside the server, as `curl -N` shows it.
@Timeout(300)
class EventIT {
    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    void whatDockerDoesIsSeen() {
        Lab lab = Lab.shared();
        lab.removeContainers();
        lab.docker("pull", "-q", "busybox");
        try (var berth = Berth.on(lab);
                var curl = new Curl(berth.http(), "/event?type=container&container=ev")) {
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
                var curl = new Curl(berth.http(), "/event?label=brief=yes")) {
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
                var quiet = new Curl(berth.http(), "/event?type=container");
                var curl = new Curl(berth.http(), "/event?type=container&exec=true")) {
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
                var curl = new Curl(berth.http(), "/event")) {
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
            try (var again = new Curl(berth.http(), "/event", "-H", "Last-Event-ID: " + away)) {
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
