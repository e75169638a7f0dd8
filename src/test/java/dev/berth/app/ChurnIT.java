package dev.berth.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.json.Json;
import java.io.File;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/// Containers that restart, die while they are read, come and go: never an absurd figure, never a leaked descriptor.
///
/// `BERTH_CHURN=10 ./test -Dtest=ChurnIT` does a hundred restarts and three hundred containers.
class ChurnIT {
    private static final Lab LAB = Lab.shared();
    private static final int SCALE = Optional.ofNullable(System.getenv("BERTH_CHURN"))
            .map(Integer::parseInt)
            .orElse(1);
    private static final int RESTARTS = 10 * SCALE;
    private static final int SHORT_LIVES = 30 * SCALE;
    /// Sockets of pooled connections and of the test's own client come and go by a few.
    private static final int TOLERATED = 24;

    @Test
    void nothingAbsurdIsShownAndNoDescriptorIsLeft() {
        LAB.removeContainers();
        LAB.docker("pull", "-q", "busybox");
        String restarted = LAB.docker("run", "-d", "--name", "restarted", "busybox", "sh", "-c", "while :; do :; done");
        try (var berth = Berth.on(LAB);
                var threads =
                        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().factory())) {
            Awaitility.await().until(() -> shown(berth) == 1);
            int before = descriptors();
            var work =
                    Stream.of(restarts(threads), lives(threads), lives(threads)).toList();
            while (!work.stream().allMatch(CompletableFuture::isDone))
                check(berth.http().get("/container").json());
            work.forEach(CompletableFuture::join);
            assertEquals("running", LAB.docker("inspect", "-f", "{{.State.Status}}", restarted));
            Awaitility.await().until(() -> shown(berth) == 1);
            Awaitility.await().until(() -> descriptors() <= before + TOLERATED);
        } finally {
            LAB.removeContainers();
        }
    }

    private static CompletableFuture<Void> restarts(Executor threads) {
        return CompletableFuture.runAsync(
                () -> {
                    for (int i = 0; i < RESTARTS; i++) LAB.docker("restart", "-t", "0", "restarted");
                },
                threads);
    }

    private static CompletableFuture<Void> lives(Executor threads) {
        return CompletableFuture.runAsync(
                () -> {
                    for (int i = 0; i < SHORT_LIVES / 2; i++) LAB.docker("run", "--rm", "busybox", "usleep", "300000");
                },
                threads);
    }

    private static void check(Json list) {
        list.fields().forEach((id, container) -> {
            for (String field : new String[] {"cpu_percent", "mem_usage", "mem_max_usage", "mem_working_set"})
                assertTrue(within(container.get(field), 0, 1 << 20), () -> id + " " + field + " " + container);
            assertTrue(within(container.get("cpu_percent"), 0, 100 * 1.05 * 64), container::toString);
            for (String field : new String[] {"pids", "network_rx_bytes", "block_read_bytes"})
                assertTrue(
                        container.get(field).isNull() || within(container.get(field), 0, 1L << 50),
                        container::toString);
        });
    }

    private static boolean within(Json number, double least, double most) {
        return number instanceof Json.Num(var value) && value.doubleValue() >= least && value.doubleValue() <= most;
    }

    private static int shown(Berth berth) {
        return berth.http().get("/container?status=running").json().fields().size();
    }

    private static int descriptors() {
        return Optional.ofNullable(new File("/proc/self/fd").list()).orElse(new String[0]).length;
    }
}
