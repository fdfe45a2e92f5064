# A switch that speaks CDP by scapy: voice untagged (4095, to verify), announced at once and whenever the phone speaks.
# Prints what scapy reads of the phone's frames, one line each. Arguments: interface.
import sys

from scapy.all import LLC, SNAP, Dot3, Raw, conf, get_if_hwaddr, load_contrib, sendp, sniff

load_contrib("cdp")
from scapy.contrib.cdp import (  # noqa: E402
    CDPMsgCapabilities,
    CDPMsgDeviceID,
    CDPMsgPlatform,
    CDPMsgPortID,
    CDPMsgSoftwareVersion,
    CDPMsgVoIPVLANReply,
    CDPMsgVoIPVLANQuery,
    CDPv2_HDR,
)

interface = sys.argv[1]
own = get_if_hwaddr(interface)
group = "01:00:0c:cc:cc:cc"
conf.verb = 0


def announce():
    tlvs = [
        CDPMsgDeviceID(val=b"scapy-switch"),
        CDPMsgPortID(iface=b"tel0"),
        CDPMsgCapabilities(cap=8),
        CDPMsgSoftwareVersion(val=b"scapy"),
        CDPMsgPlatform(val=b"scapy"),
        CDPMsgVoIPVLANReply(vlan=4095),
    ]
    packet = Dot3(src=own, dst=group) / LLC() / SNAP() / CDPv2_HDR(vers=2, ttl=180, msg=tlvs)
    sendp(packet, iface=interface)


def sum_holds(packet):
    """The frame's checksum is the one that scapy computes for the same bytes."""
    said = packet[CDPv2_HDR].cksum
    again = packet[CDPv2_HDR].copy()
    del again.cksum
    return CDPv2_HDR(bytes(again)).cksum == said


def heard(packet):
    if CDPv2_HDR not in packet or packet.src == own:
        return
    messages = packet[CDPv2_HDR].msg
    of = {type(message): message for message in messages}
    name = of[CDPMsgDeviceID].val.decode() if CDPMsgDeviceID in of else "?"
    platform = of[CDPMsgPlatform].val.decode() if CDPMsgPlatform in of else "?"
    query = "query" if CDPMsgVoIPVLANQuery in of else "hello"
    raw = sum(isinstance(message, Raw) for message in messages)
    sums = "sum-holds" if sum_holds(packet) else "sum-differs"
    print(f"{query} {name} {platform} {sums} undissected={raw}", flush=True)
    announce()


announce()
sniff(iface=interface, filter=f"ether dst {group}", prn=heard, store=False, started_callback=lambda: print("ready", flush=True))
