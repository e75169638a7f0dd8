package dev.berth.app;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/// One server for all tests of a class on the shared engine, which has no container when a test begins.
abstract class OnTheLab {
    static final Lab LAB = Lab.shared();
    static Berth berth;

    @BeforeAll
    static void serve() {
        berth = Berth.on(LAB);
    }

    @AfterAll
    static void end() {
        LAB.removeContainers();
        berth.close();
    }

    @BeforeEach
    void clean() {
        LAB.removeContainers();
    }
}
