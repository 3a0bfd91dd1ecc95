package framebuffer.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretAddressTest {

    @ParameterizedTest
    @CsvSource({"rtsp://user:hush@cam:554/1, rtsp://…@cam:554/1", "rtsp://user:hu%23sh@cam/1?x=hush, rtsp://…@cam/1?…",
            "rtsp://user:hu@sh@[::1]:554/1, rtsp://…@[::1]:554/1", "http://cam/1, http://cam/1",
            "rtsp://cam/user=admin&password=hush/1, rtsp://cam/…", "http://cam#hush, http://cam?…"})
    void aPathIsShownAndWhatMayBeASecretIsNot(String address, String shown) {
        assertThat(new SecretAddress(address).withPath()).isEqualTo(shown);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rtsp://user:hu#sh@cam/1", "rtsp://user:hu?sh@cam/1", "rtsp://user:hu/sh@cam/1",
            "rtsp://user:h@hu/sh@cam/1", "http://cam/1?mail=a@hush", "http://user:\nhush@cam/x"})
    void whereAPasswordCannotBeToldFromAHostNeitherIsShown(String address) {
        assertThat(new SecretAddress(address).withPath()).doesNotContain("hu", "sh");
        assertThat(new SecretAddress(address)).asString().doesNotContain("hu", "sh");
    }

    @ParameterizedTest
    @CsvSource({"https://hooks.example/services/hush, https://hooks.example/…",
            "http://u:hush@host:9/, http://…@host:9",
            "http://host?hush, http://host/…", "hush, …"})
    void ofOthersOnlySchemeAndHostAreShown(String address, String shown) {
        assertThat(new SecretAddress(address)).hasToString(shown);
    }

    @Test
    void aSecretIsNeverShown() {
        assertThat(new Secret("hush")).hasToString("****");
    }
}
