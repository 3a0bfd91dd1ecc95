package framebuffer.wire.control;

import com.code_intelligence.jazzer.junit.FuzzTest;
import framebuffer.wire.Noise;

class RegistrationFuzzTest {
    @FuzzTest(maxDuration = "30s")
    void anyRegistrationIsReadAndWrittenAgainOrRefused(byte[] json) {
        AnyReportTest.registration(new Noise(0), json);
    }
}
