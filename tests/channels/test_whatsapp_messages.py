"""Every sort of WhatsApp message in the common shape."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.messages import Kind
from channels.whatsapp_messages import MalformedError, is_ours, normalise

DATABASES = ["sqlite"]
ANI = "whatsapp:+6285100000001"
SCOPED = "whatsapp:ID.4566546130240823"
MEDIA = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/SM1/Media/ME1"
TAP = "b:" + "0" * 32 + ":2"
# As Twilio sends the tap on a quick reply; only the number is made up.
TAPPED = (
    "OriginalRepliedMessageSender=whatsapp%3A%2B14155238886"
    "&ExternalUserId=whatsapp%3AID.4566546130240823"
    "&SmsMessageSid=SM8824d91645395b17594d92659b878468&FrequentlyForwarded=false&NumMedia=0"
    "&ProfileName=ani&MessageType=interactive&SmsSid=SM8824d91645395b17594d92659b878468"
    "&WaId=6285100000001&SmsStatus=received&Body=Lanjut&Forwarded=false&ButtonText=Lanjut"
    "&To=whatsapp%3A%2B14155238886&ButtonPayload=lanjut&NumSegments=1&ReferralNumMedia=0"
    "&MessageSid=SM8824d91645395b17594d92659b878468&AccountSid=ACefb707f7c4ce4d15bc4261fd1d5ed615"
    "&OriginalRepliedMessageSid=MM5cc44eecf7dab0d48d4529d0fa4af44d"
    "&From=whatsapp%3A%2B6285100000001&ApiVersion=2010-04-01"
)


def form(**values: str) -> dict[str, str]:
    """The parameters of a webhook."""
    told = {"MessageSid": "SM1", "From": ANI, "MessageType": "text", "Body": "", "NumMedia": "0"}
    return told | values


def test_a_tap_as_twilio_sends_it() -> None:
    """Meta's id first, the number as alias; a payload that is not ours counts by its words."""
    message = normalise(dict(parse_qsl(TAPPED, keep_blank_values=True)))
    assert (message.sender, message.aliases, message.address) == (SCOPED, (ANI,), ANI)
    assert (message.text, message.kind) == ("Lanjut", None)
    assert message.external_id == "SM8824d91645395b17594d92659b878468"
    assert message.detail == "↩ MM5cc44eecf7dab0d48d4529d0fa4af44d"


@pytest.mark.parametrize("name", ["ButtonPayload", "ListId"])
def test_a_tap_on_a_choice_of_ours_is_its_code(name: str) -> None:
    """Whatever words stand beside it."""
    tapped = normalise(form(MessageType="interactive", Body="Ya", **{name: TAP}))
    assert (tapped.text, tapped.kind) == (TAP, None)


def test_a_list_item_of_others_counts_by_its_title() -> None:
    """A template that the organisation made itself."""
    picked = normalise(form(MessageType="interactive", ListId="x", ListTitle="Lapor"))
    assert picked.text == "Lapor"


@pytest.mark.parametrize(
    ("values", "sender", "aliases"),
    [
        ({}, ANI, (ANI,)),
        ({"ExternalUserId": SCOPED}, SCOPED, (ANI,)),
        ({"From": SCOPED, "ExternalUserId": SCOPED}, SCOPED, ()),
        ({"From": SCOPED, "WaId": "6285100000001"}, SCOPED, (ANI,)),
        ({"ExternalUserId": "nonsense"}, ANI, (ANI,)),
        ({"ExternalUserId": "", "WaId": ""}, ANI, (ANI,)),
        ({"From": SCOPED, "WaId": "ID.4566546130240823"}, SCOPED, ()),
    ],
)
def test_who_wrote(values: dict[str, str], sender: str, aliases: tuple[str, ...]) -> None:
    """The number may be missing and may pass to somebody else; Meta's id does not."""
    message = normalise(form(**values))
    assert (message.sender, message.aliases) == (sender, aliases)


@pytest.mark.parametrize(
    ("told", "content_type", "kind"),
    [
        ("image", "image/jpeg", Kind.PHOTO),
        ("image", "image/webp", Kind.PHOTO),
        ("sticker", "image/webp", Kind.STICKER),
        ("", "image/webp", Kind.STICKER),
        ("audio", "audio/ogg; codecs=opus", Kind.VOICE),
        ("video", "video/mp4", Kind.VIDEO),
        ("document", "application/pdf", Kind.DOCUMENT),
        ("document", "image/jpeg", Kind.DOCUMENT),
        ("contacts", "text/vcard", Kind.CONTACT),
        ("", "text/x-vcard", Kind.CONTACT),
        ("hologram", "x", Kind.DOCUMENT),
    ],
)
def test_files_and_their_captions(told: str, content_type: str, kind: Kind) -> None:
    """The caption is what they say; the file stays where it is until it is fetched."""
    media = {"NumMedia": "1", "MediaUrl0": MEDIA, "MediaContentType0": content_type}
    message = normalise(form(MessageType=told, Body="ini kontraknya", **media))
    (file,) = message.attachments
    assert (message.kind, file.kind, message.text) == (kind, kind, "ini kontraknya")
    assert file.reference == MEDIA
    assert ";" not in file.media_type
    assert "/" in file.media_type


def test_a_document_without_caption_comes_with_its_file_name() -> None:
    """A file name is no message."""
    media = {"NumMedia": "1", "MediaUrl0": MEDIA, "MediaContentType0": "application/pdf"}
    message = normalise(form(MessageType="document", Body="Kontrak Kerja (1).pdf", **media))
    assert message.text == ""
    assert message.attachments[0].name == "Kontrak Kerja (1).pdf"
    captioned = normalise(form(MessageType="document", Body="lihat di bp2mi.go.id", **media))
    assert captioned.text == "lihat di bp2mi.go.id"


@pytest.mark.parametrize(
    ("values", "kind", "detail"),
    [
        (
            {
                "MessageType": "location",
                "Latitude": "-6.2088",
                "Longitude": "106.8456",
                "Label": "Terminal 3",
                "Address": "Soekarno-Hatta",
            },
            Kind.LOCATION,
            "-6.208800, 106.845600\nTerminal 3\nSoekarno-Hatta",
        ),
        ({"Latitude": "1.5", "Longitude": "2.5"}, Kind.LOCATION, "1.500000, 2.500000"),
        (
            {
                "MessageType": "contacts",
                "Contacts": '[{"name": {"formatted_name": "Bu Rina"},'
                ' "phones": [{"phone": "+62 812"}, 5]}, 7]',
            },
            Kind.CONTACT,
            "Bu Rina +62 812",
        ),
        ({"MessageType": "contacts", "Contacts": "{"}, Kind.CONTACT, ""),
        ({"MessageType": "reaction", "Body": "👍"}, Kind.REACTION, "👍"),
        ({"MessageType": "reaction", "ReactionEmoji": "😢"}, Kind.REACTION, "😢"),
        ({"MessageType": "poll_creation"}, Kind.POLL, ""),
        ({"MessageType": "edit", "Body": "maksud saya besok"}, Kind.EDITED, ""),
        ({"MessageType": "deleted"}, Kind.DELETED, ""),
        ({"MessageType": "unsupported"}, Kind.UNKNOWN, ""),
        ({"MessageType": "order"}, Kind.UNKNOWN, ""),
        ({"MessageType": "text"}, None, ""),
        ({"MessageType": "unsupported", "Body": "tolong"}, None, ""),
        ({"Body": "lihat ini", "Forwarded": "true"}, None, "↪"),
        ({"Forwarded": "true", "FrequentlyForwarded": "true"}, None, "⏩"),
        (
            {"Body": "halo", "ReferralHeadline": "Kerja!", "ReferralSourceUrl": "https://fb.me/1"},
            None,
            "📣 Kerja! | https://fb.me/1",
        ),
    ],
)
def test_what_is_said_without_words(values: dict[str, str], kind: Kind | None, detail: str) -> None:
    """Each sort has its kind, and staff see what was in it."""
    message = normalise(form(**values))
    assert (message.kind, message.detail) == (kind, detail)


def test_a_reaction_is_no_answer() -> None:
    """A thumb must not be read as a word, an edit keeps its words."""
    assert normalise(form(MessageType="reaction", Body="👍")).text == ""
    assert normalise(form(MessageType="edit", Body="besok")).text == "besok"


def test_a_listed_message_without_type_and_words_is_unknown() -> None:
    """Twilio's list does not say what it was: not an empty message."""
    listed = form()
    del listed["MessageType"]
    assert normalise(listed).kind is Kind.UNKNOWN


@pytest.mark.parametrize(
    "values",
    [
        {"MessageSid": ""},
        {"MessageSid": "S" * 65},
        {"From": ""},
        {"From": "+6285100000001"},
        {"From": "whatsapp:"},
        {"From": "whatsapp:+"},
        {"From": "whatsapp:+62851\n00000001"},
        {"From": "messenger:123"},
    ],
)
def test_without_id_or_sender_it_is_no_message(values: dict[str, str]) -> None:
    """Nothing of it could be answered or recognised when it comes again."""
    with pytest.raises(MalformedError):
        normalise(form(**values))


@pytest.mark.parametrize(
    ("values", "ours"),
    [
        ({"To": "whatsapp:+62811"}, True),
        ({"To": "whatsapp:+62812"}, True),
        ({"To": "whatsapp:+62999", "MessagingServiceSid": "MG1"}, True),
        ({"To": "whatsapp:+62811", "MessagingServiceSid": "MG9"}, True),
        ({"To": "whatsapp:+62999", "MessagingServiceSid": "MG9"}, False),
        ({"To": "whatsapp:+62999"}, False),
        ({"To": ""}, False),
        ({}, False),
        ({"To": "whatsapp:+62811", "AccountSid": "AC2"}, False),
    ],
)
def test_numbers_and_messaging_services_of_ours(values: dict[str, str], ours: bool) -> None:
    """A service's own number counts as ours, somebody else's does not."""
    told = {"AccountSid": "AC1", **values}
    assert is_ours(told, "AC1", "whatsapp:+62811, whatsapp:+62812,MG1") is ours


NAMES = st.sampled_from(
    [
        *("MessageSid", "From", "Body", "MessageType", "NumMedia", "MediaUrl0", "Latitude"),
        *("MediaContentType0", "Longitude", "Contacts", "ButtonPayload", "ExternalUserId"),
        *("ListId", "ReferralBody", "Forwarded", "WaId", "OriginalRepliedMessageSid", "Label"),
    ]
)
VALUES = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        ["nan", "inf", "1e400", "-91", "[[[[", '{"phones": [[]]}', "[null]", "document", TAP]
    ),
)


@given(st.dictionaries(NAMES, VALUES))
@settings(max_examples=400, deadline=None)
def test_no_parameters_break_it(values: dict[str, str]) -> None:
    """Whatever Twilio adds tomorrow: a message, bounded, or a clear refusal."""
    for told in (values, form(**{k: v for k, v in values.items() if k not in form()})):
        try:
            message = normalise(told)
        except MalformedError:
            continue
        assert len(message.detail) <= 2000
        assert "\0" not in message.text + message.detail
        message.text.encode()
