package dev.berth.inside;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.admission.AdmissionSettings;
import dev.berth.containers.Harbour;
import dev.berth.engine.ExecId;
import dev.berth.engine.FakeEngine;
import dev.berth.engine.FakeEngine.Call;
import dev.berth.engine.Gate;
import dev.berth.engine.SpecDraft;
import dev.berth.model.ContainerId;
import dev.berth.model.ExecSpec;
import dev.berth.model.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The commands of an earlier life go, and no others.
@Timeout(60)
class ExecSweepTest {
    private static final String OURS = "BERTH_EXEC=" + Harbour.SERVER;

    private final FakeEngine engine = new FakeEngine();
    private final ContainerId container;
    private final Harbour harbour;

    ExecSweepTest() {
        engine.imageStore().put("here");
        container = engine.runs(SpecDraft.of("here").named("web").spec());
        harbour = new Harbour(engine, AdmissionSettings.DEFAULTS, false);
    }

    @AfterEach
    void close() {
        harbour.close();
    }

    private static ExecSpec sleep(String... environment) {
        return new ExecSpec(
                List.of("sleep", "600"), List.of(environment), Optional.empty(), Optional.empty(), true, false);
    }

    private ExecId left(String... environment) {
        ExecId id = engine.execs().create(container, sleep(environment));
        engine.execs().start(id, false).close();
        return id;
    }

    private boolean runs(ExecId id) {
        return engine.execs().inspect(id).orElseThrow().running();
    }

    private void awaitSecondLook() {
        await().until(() -> engine.count(Call.EXEC_LIST) == 2);
    }

    @Test
    void thoseOfAnEarlierLifeEnd() {
        ExecId first = left("A=b", OURS + ".0123456789abcdef.0123456789abcdef");
        ExecId second = left(OURS + ".x.y");
        harbour.open();
        await().until(() -> !runs(first) && !runs(second));
    }

    @Test
    void othersGoOn() {
        ExecId nobodys = left();
        ExecId anothers = left("BERTH_EXEC=another-installation.x.y");
        ExecId similar = left(OURS + "s.x.y");
        harbour.open();
        awaitSecondLook();
        assertTrue(runs(nobodys) && runs(anothers) && runs(similar));
    }

    @Test
    void whatBeginsMeanwhileGoesOn() throws InterruptedException {
        ExecId earlier = left(OURS + ".x.y");
        Gate gate = engine.hold(Call.EXEC_LIST);
        harbour.open();
        ExecSession session = harbour.execs.start("web", sleep());
        gate.open();
        awaitSecondLook();
        await().until(() -> !runs(earlier));
        assertEquals(1, engine.execs().running());
        assertFalse(session.left());
    }

    @Test
    void anEngineThatIsAwayIsAskedAgain() {
        ExecId earlier = left(OURS + ".x.y");
        engine.refuseNext(Call.EXEC_LIST, new Failure.EngineDown("the engine cannot be reached", null));
        engine.refuseNext(Call.EXEC_INSPECT, new Failure.EngineSlow("the engine does not answer"));
        harbour.open();
        await().until(() -> !runs(earlier));
    }

    @Test
    void aMarkTellsInstallationsAndLivesApart() {
        var random = new Random(1);
        var marks = new ExecMarks("a", random);
        var next = new ExecMarks("a", random);
        String mark = marks.next();
        assertTrue(next.earlier().fits("K=V\0" + mark + "\0"));
        assertFalse(marks.earlier().fits("K=V\0" + mark));
        assertFalse(new ExecMarks("b", random).earlier().fits(mark));
        assertTrue(ExecMarks.one(mark).fits(mark));
        assertFalse(ExecMarks.one(mark).fits(marks.next()));
    }

    @Test
    void anEnvironmentIsBelievedOnlyOfAProcessOfTheContainer(@TempDir Path proc) throws Exception {
        Path process = Files.createDirectory(proc.resolve("42"));
        Files.writeString(process.resolve("environ"), "K=V\0");
        Files.writeString(process.resolve("cgroup"), "1:memory:/docker/" + "f".repeat(64) + "\n");
        var host = new ExecHost(proc);
        assertEquals(Optional.of("K=V\0"), host.environment(new ContainerId("f".repeat(64)), 42));
        assertEquals(Optional.empty(), host.environment(container, 42));
        assertEquals(Optional.empty(), host.environment(container, 43));
    }
}
