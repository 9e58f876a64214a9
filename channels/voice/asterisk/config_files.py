"""The configuration of an Asterisk 22 beside the gateway: small, whole, and only for this."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from channels.voice.asterisk.settings import GatewaySettings, Sip
from channels.voice.asterisk.sounds import tones

HOLD_TONES = (440.0, 554.0)
"""What the music is made of where there is no other: two tones in turn, soft."""
_MODULES = """
app_stasis.so app_playback.so app_dial.so bridge_builtin_features.so bridge_holding.so bridge_native_rtp.so
bridge_simple.so bridge_softmix.so bridge_builtin_interval_features.so chan_pjsip.so chan_bridge_media.so codec_a_mu.so
codec_alaw.so codec_ulaw.so codec_gsm.so codec_resample.so format_gsm.so format_pcm.so format_wav.so
func_callerid.so func_channel.so func_talkdetect.so func_pjsip_contact.so func_pjsip_endpoint.so func_curl.so
func_logic.so func_math.so pbx_config.so res_speech.so res_agi.so res_ari.so res_ari_applications.so res_ari_asterisk.so
res_ari_bridges.so res_ari_channels.so res_ari_device_states.so res_ari_endpoints.so res_ari_events.so
res_ari_model.so res_ari_playbacks.so res_ari_recordings.so res_ari_sounds.so res_crypto.so res_curl.so
res_format_attr_opus.so res_http_websocket.so res_musiconhold.so res_pjproject.so res_pjsip.so
res_pjsip_authenticator_digest.so res_pjsip_caller_id.so res_pjsip_dialog_info_body_generator.so
res_pjsip_dtmf_info.so res_pjsip_endpoint_identifier_ip.so res_pjsip_endpoint_identifier_user.so
res_pjsip_header_funcs.so res_pjsip_logger.so res_pjsip_nat.so res_pjsip_outbound_authenticator_digest.so
res_pjsip_outbound_registration.so res_pjsip_pubsub.so res_pjsip_registrar.so res_pjsip_rfc3326.so
res_pjsip_sdp_rtp.so res_pjsip_session.so res_pjsip_transport_websocket.so res_rtp_asterisk.so
res_sorcery_astdb.so res_sorcery_config.so res_sorcery_memory.so res_srtp.so res_stasis.so res_stasis_answer.so
res_stasis_device_state.so res_stasis_playback.so res_stasis_recording.so res_stasis_snoop.so res_timing_timerfd.so
res_websocket_client.so
"""


_INDICATIONS = """
[general]
country=us

[us]
description=us
ringcadence = 2000,4000
ring = 440+480/2000,0/4000
"""

_SORCERY = "[res_pjsip]\n" + "\n".join(
    f"{one}=config,pjsip.conf,criteria=type={one}\n{one}=memory" for one in ("endpoint", "auth", "aor")
)
"""What stands in the file, and what the gateway adds for agents' browsers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where an Asterisk keeps its things. `data` has its sounds; `own` are its documentation and keys."""

    modules: str = "/usr/lib/x86_64-linux-gnu/asterisk/modules"
    data: str = "/usr/share/asterisk"
    var: str = "/var/lib/asterisk"
    spool: str = "/var/spool/asterisk"
    run: str = "/var/run/asterisk"
    log: str = "/var/log/asterisk"


def write(folder: Path, settings: GatewaySettings, places: Places | None = None) -> list[Path]:
    """Write all files into a folder; what stood there under their names is replaced. Returns what was written."""
    places = places or Places()
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in files(folder.resolve(), settings, places).items():
        path = folder / name
        path.touch(mode=0o600)
        path.write_text(text.strip() + "\n")
        written.append(path)
    music = folder / "moh" / "hold.wav"
    music.parent.mkdir(exist_ok=True)
    music.write_bytes(tones(*HOLD_TONES * 4, level=2_400))
    return [*written, music]


def files(folder: Path, settings: GatewaySettings, places: Places) -> Mapping[str, str]:
    """The texts, by the files' names."""
    return {
        "asterisk.conf": _asterisk(folder, places),
        "modules.conf": "[modules]\nautoload=no\n" + "\n".join(f"load={one}" for one in _MODULES.split()),
        "logger.conf": "[general]\n[logfiles]\nconsole => notice,warning,error\n",
        "http.conf": _http(settings),
        "ari.conf": _ari(settings),
        "websocket_client.conf": _websocket(settings),
        "pjsip.conf": _pjsip(settings.sip),
        "sorcery.conf": _SORCERY,
        "extensions.conf": _extensions(settings),
        "rtp.conf": f"[general]\nrtpstart={settings.sip.rtp[0]}\nrtpend={settings.sip.rtp[1]}\n",
        "musiconhold.conf": f"[default]\nmode=files\ndirectory={folder / 'moh'}\nsort=alpha\n",
        "stasis.conf": "[threadpool]\ninitial_size=2\nidle_timeout_sec=20\nmax_size=20\n",
        "ccss.conf": "[general]\n",
        "features.conf": "[general]\n",
        "indications.conf": _INDICATIONS,
        "acl.conf": "",
        "cdr.conf": "[general]\nenable=no\n",
        "cel.conf": "[general]\nenable=no\n",
        "manager.conf": "[general]\nenabled=no\n",
        "pjproject.conf": "",
        "udptl.conf": "[general]\n",
    }


def _asterisk(folder: Path, places: Places) -> str:
    return f"""
[directories]
astetcdir => {folder}
astmoddir => {places.modules}
astvarlibdir => {places.var}
astdbdir => {places.var}
astkeydir => {places.var}
astdatadir => {places.data}
astagidir => {places.data}/agi-bin
astspooldir => {places.spool}
astrundir => {places.run}
astlogdir => {places.log}

[options]
systemname = peyk
documentation_language = en_US
"""


def _http(settings: GatewaySettings) -> str:
    host, _, port = settings.asterisk.partition("//")[2].partition(":")
    secure = ""
    if settings.sip.websocket_port:
        secure = f"""tlsenable=yes
tlsbindaddr={settings.sip.bind}:{settings.sip.websocket_port}
tlscertfile={settings.sip.certificate}
tlsprivatekey={settings.sip.key}
"""
    return f"[general]\nenabled=yes\nbindaddr={host}\nbindport={port or 8088}\n{secure}"


def _ari(settings: GatewaySettings) -> str:
    return f"""
[general]
enabled=yes
websocket_write_timeout=1000

[{settings.user}]
type=user
read_only=no
password={settings.password}
password_format=plain

[{settings.app}]
type=outbound_websocket
websocket_client_id={settings.app}
apps={settings.app}
subscribe_all=yes
local_ari_user={settings.user}
"""


def _websocket(settings: GatewaySettings) -> str:
    address = settings.public.replace("http", "ws", 1)
    tls = "yes" if address.startswith("wss:") else "no"
    return f"""
[{settings.app}]
type=websocket_client
connection_type=persistent
uri={address}/ari
protocols=ari
username={settings.user}
password={settings.password}
connection_timeout=2000
reconnect_interval=500
reconnect_attempts=20
tls_enabled={tls}
"""


def _pjsip(sip: Sip) -> str:
    outside = ""
    if sip.external:
        nets = "\n".join(f"local_net={one}" for one in sip.local_networks)
        outside = f"external_media_address={sip.external}\nexternal_signaling_address={sip.external}\n{nets}\n"
    main = "[global]\ntype=global\nuser_agent=Peyk\nendpoint_identifier_order=username,ip\n"
    parts = [f"{main}\n[udp]\ntype=transport\nprotocol=udp\nbind={sip.bind}:{sip.port}\n{outside}"]
    parts += [f"[{one}]\ntype=transport\nprotocol={one}\nbind={sip.bind}\n" for one in ("ws", "wss")]
    if sip.trunk_host:
        parts.append(_trunk(sip))
    parts += [_device(name, password, sip.silence) for name, password in sip.extensions.items()]
    return "\n".join(parts)


_LEG = """disallow=all
allow=alaw,ulaw,opus
direct_media=no
dtmf_mode=rfc4733
allow_transfer=no
rtp_symmetric=yes
force_rport=yes
rewrite_contact=yes
"""


def _trunk(sip: Sip) -> str:
    login = registration = ""
    if sip.trunk_user:
        login = "outbound_auth=trunk-login\n"
        registration = f"""
[trunk-login]
type=auth
auth_type=userpass
username={sip.trunk_user}
password={sip.trunk_password}

[trunk-registration]
type=registration
transport=udp
outbound_auth=trunk-login
server_uri=sip:{sip.trunk_host}
client_uri=sip:{sip.trunk_user}@{sip.trunk_host}
contact_user={sip.trunk_user}
"""
    return f"""
[trunk]
type=endpoint
transport=udp
identify_by=ip
context=peyk-in
aors=trunk
from_user={sip.trunk_user or "peyk"}
{login}{_LEG}rtp_timeout={sip.silence}
[trunk]
type=aor
contact=sip:{sip.trunk_host}

[trunk]
type=identify
endpoint=trunk
match={sip.trunk_host.partition(":")[0]}
{registration}"""


def _device(name: str, password: str, silence: int) -> str:
    """An agent's device."""
    return f"""
[{name}]
type=endpoint
transport=udp
context=peyk-out
auth={name}
aors={name}
callerid={name} <{name}>
{_LEG}rtp_timeout={silence}

[{name}]
type=auth
auth_type=userpass
username={name}
password={password}

[{name}]
type=aor
max_contacts=1
remove_existing=yes
qualify_frequency=30
"""


def _extensions(settings: GatewaySettings) -> str:
    """While no gateway is there, callers hear ringing for a while, then that it is busy."""
    return f"""
[general]
static=yes
writeprotect=yes

[peyk-in]
exten => _[+0-9a-zA-Z].,1,Ringing()
 same => n,Set(TRIES=0)
 same => n(again),Stasis({settings.app},inbound)
 same => n,GotoIf($["${{STASISSTATUS}}" != "FAILED"]?done)
 same => n,Wait(1)
 same => n,Set(TRIES=$[${{TRIES}} + 1])
 same => n,GotoIf($[${{TRIES}} < 30]?again)
 same => n,Congestion(3)
 same => n(done),Hangup()

[peyk-out]
include => peyk-in
"""
