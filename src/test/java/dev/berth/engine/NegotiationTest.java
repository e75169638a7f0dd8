package dev.berth.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.berth.model.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The lower of both versions is spoken, and what cannot be spoken with is refused clearly.
class NegotiationTest {
    @Test
    void aRecordedEngineIsSpokenToInItsVersion() {
        assertEquals("1.41", Negotiation.settle(Recorded.answer("version")).toString());
    }

    @ParameterizedTest
    @CsvSource({"1.40,1.12,1.40", "1.41,1.24,1.41", "1.51,1.24,1.51", "1.55,1.40,1.51", "2.0,1.44,1.51"})
    void theLowerOfBothIsSpoken(String theirs, String least, String spoken) {
        assertEquals(spoken, settle(theirs, least).toString());
    }

    @Test
    void anEngineThatIsTooOldOrTooNewIsRefused() {
        Failure old = assertThrows(Failure.Rejected.class, () -> settle("1.39", "1.12"));
        assertEquals("engine-too-old", old.code());
        assertTrue(old.detail().contains("1.39") && old.detail().contains("1.40"), old.detail());
        Failure fresh = assertThrows(Failure.Rejected.class, () -> settle("1.60", "1.52"));
        assertEquals("engine-too-new", fresh.code());
    }

    @Test
    void whatIsNoVersionIsNonsense() {
        assertThrows(Failure.EngineNonsense.class, () -> settle("", ""));
        assertThrows(Failure.EngineNonsense.class, () -> settle("latest", "1.24"));
    }

    private static Negotiation.Version settle(String theirs, String least) {
        return Negotiation.settle(Recorded.json("{'ApiVersion':'" + theirs + "','MinAPIVersion':'" + least + "'}"));
    }
}
