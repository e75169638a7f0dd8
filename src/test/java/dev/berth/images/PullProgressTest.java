package dev.berth.images;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.engine.PullStep;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PullProgressTest {
    private final PullProgress progress = new PullProgress();

    @Test
    void nothingIsKnownBeforeTheFirstLayer() {
        assertEquals(0, progress.percent());
        assertEquals(OptionalLong.empty(), progress.currentBytes());
        assertEquals(OptionalLong.empty(), progress.totalBytes());
    }

    @Test
    void aLayersDownloadIsThreeQuartersOfItAndItsUnpackingTheRest() {
        say("a", "Pulling fs layer");
        say("a", "Downloading", 40, 100);
        assertEquals(30, progress.percent(), 1e-9);
        say("a", "Verifying Checksum");
        assertEquals(75, progress.percent(), 1e-9);
        say("a", "Download complete");
        say("a", "Extracting", 50, 100);
        assertEquals(87.5, progress.percent(), 1e-9);
    }

    @Test
    void thePercentageIsTheMeanOverLayersAndNotOverBytes() {
        say("small", "Pulling fs layer");
        say("huge", "Pulling fs layer");
        say("small", "Downloading", 10, 10);
        say("huge", "Downloading", 0, 1_000_000);
        assertEquals(37.5, progress.percent(), 1e-9);
    }

    @Test
    void aRetryThatStartsAgainAtNothingTakesNothingBack() {
        say("a", "Downloading", 80, 100);
        say("a", "Downloading", 5, 100);
        assertEquals(60, progress.percent(), 1e-9);
        assertEquals(OptionalLong.of(80), progress.currentBytes());
        say("a", "Downloading", 90, 100);
        assertEquals(67.5, progress.percent(), 1e-9);
    }

    @Test
    void layersThatAreAnnouncedLateOnlySlowItDown() {
        say("a", "Pull complete");
        double before = progress.percent();
        say("b", "Pulling fs layer");
        assertEquals(before, progress.percent());
    }

    @Test
    void aLayerThatIsHereAlreadyIsDone() {
        say("b", "Downloading", 0, 50);
        say("a", "Already exists");
        assertEquals(50, progress.percent(), 1e-9);
        assertEquals(OptionalLong.of(50), progress.totalBytes());
    }

    @Test
    void theTagInThePlaceOfALayerIsNone() {
        say("latest", "Pulling from library/nginx");
        say("a", "Already exists");
        say("latest", "Something new");
        assertEquals(99.9, progress.percent());
    }

    @Test
    void linesAboutNoLayerChangeNothing() {
        progress.follow(new PullStep(
                "Status: Downloaded newer image", Optional.empty(), OptionalLong.empty(), OptionalLong.empty()));
        assertEquals(OptionalLong.empty(), progress.currentBytes());
    }

    @Test
    void beforeTheEndItIsNeverAHundred() {
        say("a", "Pull complete");
        assertEquals(99.9, progress.percent());
    }

    @Test
    void theTotalIsUnknownUntilEveryLayerHasToldItsSizeOrIsComplete() {
        say("a", "Pulling fs layer");
        say("b", "Pulling fs layer");
        say("a", "Downloading", 10, 100);
        assertEquals(OptionalLong.empty(), progress.totalBytes());
        say("b", "Downloading", 20, 50);
        assertEquals(OptionalLong.of(150), progress.totalBytes());
        assertEquals(OptionalLong.of(30), progress.currentBytes());
        say("a", "Download complete");
        assertEquals(OptionalLong.of(120), progress.currentBytes());
    }

    @Test
    void aLayerOfUnknownSizeMakesNoProgressUntilItIsComplete() {
        progress.follow(new PullStep("Downloading", Optional.of("a"), OptionalLong.of(10), OptionalLong.empty()));
        assertEquals(0, progress.percent());
        say("a", "Downloading", 10, 0);
        say("a", "Downloading", 10, -1);
        assertEquals(0, progress.percent());
        say("a", "Download complete");
        assertEquals(75, progress.percent(), 1e-9);
    }

    @Test
    void whateverTheEngineSaysItNeverRunsBackwards() {
        List<String> words = List.of(
                "Pulling fs layer",
                "Waiting",
                "Downloading",
                "Verifying Checksum",
                "Download complete",
                "Extracting",
                "Pull complete",
                "Already exists",
                "Retrying in 5 seconds",
                "Pulling from library/nginx");
        for (int seed = 0; seed < 200; seed++) {
            var random = new Random(seed);
            var any = new PullProgress();
            double percent = 0;
            long bytes = 0;
            for (int i = 0; i < 100; i++) {
                any.follow(new PullStep(
                        words.get(random.nextInt(words.size())),
                        Optional.of("layer" + random.nextInt(5)),
                        OptionalLong.of(random.nextInt(120)),
                        OptionalLong.of(100)));
                assertTrue(any.percent() >= percent && any.percent() <= 99.9, "seed " + seed);
                assertTrue(any.currentBytes().orElse(0) >= bytes, "seed " + seed);
                percent = any.percent();
                bytes = any.currentBytes().orElse(0);
            }
        }
    }

    private void say(String layer, String status) {
        progress.follow(new PullStep(status, Optional.of(layer), OptionalLong.empty(), OptionalLong.empty()));
    }

    private void say(String layer, String status, long current, long total) {
        progress.follow(new PullStep(status, Optional.of(layer), OptionalLong.of(current), OptionalLong.of(total)));
    }
}
