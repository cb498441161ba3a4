"""What a company and its customer need before a localisation lets them invoice."""

import os
from dataclasses import dataclass, field

from odoo import Command

#: The group of the host's addons that the database has, see `dev/cohabit.txt`.
GROUP = os.environ.get("ERP_COHABIT_GROUP", "standard")


@dataclass(frozen=True)
class Country:
    """How to set up a company; values that look like `xml:module.name` are records.

    :param chart: chart of accounts, of the host's own choice if empty
    :param company: values of the company
    :param own: values of its partner
    :param partner: values of the customer
    :param number: number of a vendor's document, where its bills are numbered by hand
    :param credit_number: number of the credit note of such a bill
    :param journal: values of the journal of invoices
    :param given: what a person has to give for the credit note of an invoice
    """

    chart: str = ""
    company: dict = field(default_factory=dict)
    own: dict = field(default_factory=dict)
    partner: dict = field(default_factory=dict)
    number: str = ""
    credit_number: str = "1-2"
    given: dict = field(default_factory=dict)
    journal: dict = field(default_factory=dict)


COUNTRIES = {
    "ar": Country(
        "ar_ri",
        company={"l10n_ar_gross_income_type": "local"},
        own={
            "l10n_ar_afip_responsibility_type_id": "xml:l10n_ar.res_IVARI",
            "l10n_latam_identification_type_id": "xml:l10n_ar.it_cuit",
            "vat": "30111111118",
            "country_id": "xml:base.ar",
        },
        partner={
            "l10n_ar_afip_responsibility_type_id": "xml:l10n_ar.res_IVARI",
            "l10n_latam_identification_type_id": "xml:l10n_ar.it_cuit",
            "vat": "30714295698",
            "country_id": "xml:base.ar",
        },
        number="1-1",
    ),
    "cl": Country(
        "cl",
        own={
            "vat": "76201224-3",
            "country_id": "xml:base.cl",
            "l10n_cl_sii_taxpayer_type": "1",
        },
        partner={
            "vat": "76086428-5",
            "country_id": "xml:base.cl",
            "l10n_latam_identification_type_id": "xml:l10n_cl.it_RUT",
            "l10n_cl_sii_taxpayer_type": "1",
        },
        number="1",
        credit_number="2",
    ),
    "in": Country(
        "in",
        company={
            "state_id": "xml:base.state_in_gj",
            "vat": "24AAGCC7144L6ZE",
            "street": "Khodiyar Chowk",
            "zip": "365220",
            "l10n_in_is_gst_registered": True,
        },
        partner={
            "vat": "24ABCPM8965E1ZE",
            "state_id": "xml:base.state_in_gj",
            "country_id": "xml:base.in",
            "street": "Karansinhji Rd",
            "zip": "360001",
        },
    ),
    "br": Country(
        "br", own={"country_id": "xml:base.br"}, number="1", credit_number="2"
    ),
    "cn": Country("cn"),
    "de": Country("de_skr03"),
    "ec": Country(
        "ec",
        own={
            "country_id": "xml:base.ec",
            "vat": "1792366836001",
            "l10n_latam_identification_type_id": "xml:l10n_ec.ec_ruc",
        },
        partner={
            "country_id": "xml:base.ec",
            "vat": "0992647506001",
            "l10n_latam_identification_type_id": "xml:l10n_ec.ec_ruc",
        },
        number="001-001-000000001",
        credit_number="001-001-000000002",
    ),
    "es": Country("es_pymes", company={"vat": "ESA39200019"}),
    "es_tbai": Country(
        "es_pymes",
        company={
            "country_id": "xml:base.es",
            "vat": "ESA39200019",
            "l10n_es_tbai_tax_agency": "araba",
        },
        given={"l10n_es_tbai_refund_reason": "R1"},
    ),
    "es_verifactu": Country(
        "es_pymes",
        company={
            "country_id": "xml:base.es",
            "vat": "ESA39200019",
            "l10n_es_edi_verifactu_required": True,
        },
    ),
    "fr": Country("fr"),
    "gr": Country("gr", company={"vat": "EL047747270"}),
    "hu": Country("hu"),
    "it": Country("it"),
    "mx": Country("mx"),
    "pe": Country(
        "pe",
        own={
            "country_id": "xml:base.pe",
            "vat": "20557912879",
            "l10n_latam_identification_type_id": "xml:l10n_pe.it_RUC",
        },
        partner={
            "country_id": "xml:base.pe",
            "vat": "20462509236",
            "l10n_latam_identification_type_id": "xml:l10n_pe.it_RUC",
        },
        number="F01-1",
        credit_number="F01-2",
    ),
    "pl": Country("pl"),
    "ro": Country("ro"),
    # Not onboarded at ZATCA, nothing is sent there.
    "sa": Country(
        "sa",
        journal={"edi_format_ids": [Command.clear()]},
        given={"l10n_sa_reason": "BR-KSA-17-reason-1"},
    ),
    "tw": Country("tw", company={"country_id": "xml:base.tw"}),
    "uy": Country(
        "uy",
        own={
            "country_id": "xml:base.uy",
            "vat": "218435730016",
            "l10n_latam_identification_type_id": "xml:l10n_uy.it_rut",
        },
        partner={
            "country_id": "xml:base.uy",
            "vat": "215521750017",
            "l10n_latam_identification_type_id": "xml:l10n_uy.it_rut",
        },
        number="A0000001",
        credit_number="A0000002",
    ),
    "vn": Country("vn"),
}
COUNTRY = COUNTRIES.get(GROUP, Country())
