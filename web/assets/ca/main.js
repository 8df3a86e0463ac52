// SPDX-License-Identifier: Apache-2.0
//
// The pages of the CA's staff: certificates and their states, one certificate's history, the revocation
// list and the CA itself, what two officers change together, and what was refused. Everything else that changes a
// certificate is a signed request of the registration authority that applied for it, through C2.
import { startStaff } from '../shared/staff.js';
import { renderCertificate } from './certificate.js';
import { renderCertificates } from './certificates.js';
import { renderControl, renderControls } from './control.js';
import { renderRefusals } from './refusals.js';
import { renderStatus } from './status.js';

startStaff({
    brand: '电子认证机构工作台',
    login: '登录电子认证机构工作台',
    pages: { certificates: ['证书', renderCertificates], status: ['状态与撤销列表', renderStatus], controls: ['双人复核', renderControls], refusals: ['拒绝记录', renderRefusals] },
    details: { certificate: ['certificates', renderCertificate], control: ['controls', renderControl], propose: ['controls', renderControls] },
});
