package framebuffer.bridge.mqtt.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import framebuffer.wire.Secret;
import framebuffer.wire.SecretAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MqttAddressTest {
    private static MqttAddress parsed(String url) {
        return MqttAddress.parse(new SecretAddress(url), null);
    }

    @Test
    void theDefaultPortDependsOnTls() {
        assertThat(parsed("mqtt://broker")).isEqualTo(new MqttAddress("broker", 1883, false, null, null, null));
        assertThat(parsed("mqtts://broker/").port()).isEqualTo(8883);
        assertThat(parsed("MQTT://[::1]:99").host()).isEqualTo("[::1]");
    }

    @Test
    void userAndPasswordMayHoldAnyCharacter() {
        MqttAddress address = parsed("mqtt://home:p@ss:w%25rd+/@10.0.0.2:1884");
        assertThat(address.user()).isEqualTo("home");
        assertThat(address.password()).isEqualTo(new Secret("p@ss:w%rd+/"));
        assertThat(address).hasToString("mqtt://10.0.0.2:1884");
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3cret", "http://s3cret", "mqtt://", "mqtt://u:s3cret@host:99999",
            "mqtt://u:s3cret%zz@host",
            "mqtt://host/s3cret"})
    void whatIsNoAddressIsRefusedWithoutBeingShown(String url) {
        assertThatThrownBy(() -> parsed(url)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("s3cret");
    }
}
